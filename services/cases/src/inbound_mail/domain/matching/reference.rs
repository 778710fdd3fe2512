//! Our references in what people write: `cwr-` and 26 of [a-z2-7], in any letter case.

/// How many letters follow the prefix.
const LETTERS: usize = 26;
const PREFIX: &str = "cwr-";

/// Every reference in a text, each once, in lower case.
pub(crate) fn all(text: &str) -> Vec<String> {
    let bytes = text.as_bytes();
    let mut found: Vec<String> = Vec::new();
    for at in memchr::memchr2_iter(b'c', b'C', bytes) {
        let end = at + PREFIX.len() + LETTERS;
        let Some(reference) = bytes.get(at..end).and_then(of_bytes) else { continue };
        let is_inside = at > 0 && bytes[at - 1].is_ascii_alphanumeric();
        let goes_on = bytes.get(end).is_some_and(u8::is_ascii_alphanumeric);
        if !is_inside && !goes_on && !found.contains(&reference) {
            found.push(reference);
        }
    }
    found
}

/// The reference that a text has, when it has one and no other.
pub(crate) fn only(text: &str) -> Option<String> {
    let mut found = all(text);
    if found.len() == 1 { found.pop() } else { None }
}

/// The reference of our marker line `[[ cwr-… ]]`, alone on its line.
pub(crate) fn of_marker(line: &str) -> Option<String> {
    let inside = line.trim().strip_prefix("[[")?.strip_suffix("]]")?.trim();
    of_bytes(inside.as_bytes())
}

/// The reference of a plus-address of the mailbox: `support+cwr-…@careway.example`.
pub(crate) fn of_address(address: &str, mailbox: &str) -> Option<String> {
    let (local, domain) = address.trim().rsplit_once('@')?;
    let (of_mailbox, mailbox_domain) = mailbox.rsplit_once('@')?;
    let (before, detail) = local.split_once('+')?;
    let is_ours = before.eq_ignore_ascii_case(of_mailbox) && domain.eq_ignore_ascii_case(mailbox_domain);
    if is_ours { of_bytes(detail.as_bytes()) } else { None }
}

fn of_bytes(bytes: &[u8]) -> Option<String> {
    let reference = std::str::from_utf8(bytes).ok()?.to_ascii_lowercase();
    let letters = reference.strip_prefix(PREFIX)?;
    let is_reference =
        letters.len() == LETTERS && letters.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7'));
    is_reference.then_some(reference)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "cwr-aaaaaaaaaaaaaaaaaaaaaaaaaa";

    #[test]
    fn a_reference_is_found_whole_or_not_at_all() {
        for (text, expected) in [
            (format!("ref {A}."), vec![A]),
            (A.to_uppercase(), vec![A]),
            (format!("{A} and {A}"), vec![A]),
            (format!("{A}2"), vec![]),
            (format!("x{A}"), vec![]),
            (A.replace('a', "1"), vec![]),
            ("cwr-কাল".to_owned(), vec![]),
            (A[..29].to_owned(), vec![]),
        ] {
            assert_eq!(all(&text), expected, "{text}");
        }
        assert_eq!(only(&format!("{A} {}", A.replace("aa", "bb"))), None);
    }

    #[test]
    fn a_marker_is_alone_on_its_line_and_an_address_is_ours() {
        assert_eq!(of_marker(&format!(" [[ {A} ]] ")).as_deref(), Some(A));
        assert_eq!(of_marker(&format!("see [[ {A} ]]")), None);
        let mailbox = "support@careway.example";
        let address = format!("SUPPORT+{}@Careway.Example", A.to_uppercase());
        assert_eq!(of_address(&address, mailbox).as_deref(), Some(A));
        for other in [format!("sales+{A}@careway.example"), format!("support+{A}@elsewhere.example")] {
            assert_eq!(of_address(&other, mailbox), None);
        }
    }
}
