//! Whether a mail is from whom it says: what our own mail server found, and wrote topmost (RFC 8601).

use careway_kernel::Email;

use super::mime::headers::{Headers, unfolded};

/// One finding: `dkim=pass header.d=example.org`.
struct Finding<'a> {
    method: &'a str,
    result: &'a str,
    properties: Vec<(&'a str, &'a str)>,
}

impl Finding<'_> {
    /// The domain of a property that may be an address.
    fn domain(&self, name: &str) -> Option<&str> {
        let value = self.properties.iter().find(|(found, _)| found.eq_ignore_ascii_case(name))?.1;
        Some(value.rsplit('@').next().unwrap_or(value).trim_end_matches('.'))
    }

    fn passes(&self, method: &str) -> bool {
        self.method.eq_ignore_ascii_case(method) && self.result.eq_ignore_ascii_case("pass")
    }
}

/// By the topmost `Authentication-Results` of the server: DMARC passes, or the domain has no policy and a signature or the
/// envelope is of the author's domain. What other servers write, and what stands below, proves nothing.
pub(crate) fn is_authenticated(headers: &Headers<'_>, authserv_id: &str, author: &Email) -> bool {
    let lines = headers.all("Authentication-Results").map(|value| without_comments(&unfolded(value)));
    let ours = lines.into_iter().find(|line| is_of(line, authserv_id));
    let Some(line) = ours else { return false };
    let findings: Vec<Finding<'_>> = line.split(';').skip(1).filter_map(finding).collect();
    let Some(dmarc) = findings.iter().find(|finding| finding.method.eq_ignore_ascii_case("dmarc")) else {
        return false;
    };
    let is_authors =
        dmarc.domain("header.from").is_none_or(|domain| domain.eq_ignore_ascii_case(author.domain()));
    if dmarc.passes("dmarc") {
        return is_authors;
    }
    let is_aligned = |finding: &Finding<'_>| {
        let signed = finding.passes("dkim") && aligned(finding.domain("header.d"), author.domain());
        let sent = finding.passes("spf") && aligned(finding.domain("smtp.mailfrom"), author.domain());
        signed || sent
    };
    dmarc.result.eq_ignore_ascii_case("none") && is_authors && findings.iter().any(is_aligned)
}

/// The same domain, or one above it: whoever holds that holds what is below.
pub(crate) fn aligned(domain: Option<&str>, of_author: &str) -> bool {
    let Some(domain) = domain.map(str::to_ascii_lowercase) else { return false };
    let below = of_author.strip_suffix(domain.as_str()).and_then(|rest| rest.strip_suffix('.'));
    domain == of_author || domain.contains('.') && below.is_some()
}

fn is_of(line: &str, authserv_id: &str) -> bool {
    let server = line.split(';').next().unwrap_or_default();
    server.split_whitespace().next().is_some_and(|found| found.eq_ignore_ascii_case(authserv_id))
}

fn finding(text: &str) -> Option<Finding<'_>> {
    let mut words = text.split_whitespace();
    let (method, result) = words.next()?.split_once('=')?;
    let method = method.split('/').next().unwrap_or(method);
    let properties = words.filter_map(|word| word.split_once('='));
    let properties = properties.map(|(name, value)| (name, value.trim_matches('"'))).collect();
    Some(Finding { method, result, properties })
}

/// Comments are for people; a semicolon or a finding in one, or in quotation marks, is none.
fn without_comments(line: &str) -> String {
    let (mut text, mut depth, mut is_quoted) = (String::with_capacity(line.len()), 0_usize, false);
    for letter in line.chars() {
        match letter {
            '"' if depth == 0 => is_quoted = !is_quoted,
            '(' if !is_quoted => depth += 1,
            ')' if !is_quoted && depth > 0 => depth -= 1,
            ';' | ' ' | '=' if is_quoted => text.push('_'),
            letter if depth == 0 => text.push(letter),
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(lines: &str) -> bool {
        let mail = format!("{lines}From: t@a.example.org\r\n\r\n");
        let (headers, ..) = Headers::read(mail.as_bytes());
        is_authenticated(&headers, "mx.careway.example", &Email::parse("t@a.example.org").unwrap())
    }

    #[test]
    fn only_the_topmost_word_of_our_server_counts() {
        for (findings, expected) in [
            ("mx.careway.example; dmarc=pass header.from=a.example.org", true),
            ("MX.careway.example 1; dmarc=pass (p=none) header.from=A.example.org", true),
            ("mx.careway.example; dmarc=pass header.from=other.example", false),
            ("mx.careway.example; dkim=pass header.d=a.example.org", false),
            ("mx.careway.example; dmarc=none; dkim=pass header.d=example.org", true),
            ("mx.careway.example; dmarc=none; dkim=pass header.d=evil.example", false),
            ("mx.careway.example; dmarc=none; dkim=fail header.d=a.example.org", false),
            ("mx.careway.example; dmarc=none; spf=pass smtp.mailfrom=x@a.example.org", true),
            ("mx.careway.example; dmarc=none; spf=pass smtp.mailfrom=org", false),
            ("mx.careway.example; dmarc=none; spf=pass smtp.mailfrom=b.a.example.org", false),
            ("mx.careway.example; dmarc=temperror; dkim=pass header.d=a.example.org", false),
            ("mx.careway.example; spf=fail (; dmarc=pass) smtp.mailfrom=x; dmarc=fail", false),
            ("mx.careway.example; spf=fail reason=\"; dmarc=pass\"; dmarc=fail", false),
            ("mx.elsewhere.example; dmarc=pass header.from=a.example.org", false),
        ] {
            assert_eq!(judged(&format!("Authentication-Results: {findings}\r\n")), expected, "{findings}");
        }
        let twice = "Authentication-Results: mx.careway.example; dmarc=fail\r\n\
                     Authentication-Results: mx.careway.example; dmarc=pass\r\n";
        assert!(!judged(twice));
    }
}
