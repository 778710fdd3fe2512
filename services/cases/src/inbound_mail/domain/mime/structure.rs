//! The parts of a mail, each with its place in it. Depth and number are bounded while they are found.

use memchr::memmem::Finder;

use super::{
    headers::{Headers, without_line_end},
    parameters::Parameterized,
};
use crate::inbound_mail::domain::limits::{MOST_DEPTH, MOST_PARTS, TooComplex};

/// A part that has no parts itself, and the multiparts around it, outermost first.
pub(crate) struct Part<'x> {
    pub(crate) headers: Headers<'x>,
    pub(crate) content_type: Parameterized,
    pub(crate) disposition: Parameterized,
    /// As it came: under its transfer encoding.
    pub(crate) body: &'x [u8],
    pub(crate) around: Vec<Around>,
}

/// A multipart around a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Around {
    /// Which one, counted through the mail.
    pub(crate) number: usize,
    /// `alternative`, `related`, ….
    pub(crate) subtype: String,
    /// The place of the part, or of what holds it, in it.
    pub(crate) position: usize,
}

/// Finds the parts below a mail's own headers.
pub(crate) fn parts<'x>(headers: Headers<'x>, body: &'x [u8]) -> Result<Vec<Part<'x>>, TooComplex> {
    let mut walk = Walk::default();
    walk.part(headers, body, &mut Vec::new(), "text/plain")?;
    Ok(walk.parts)
}

#[derive(Default)]
struct Walk<'x> {
    parts: Vec<Part<'x>>,
    /// All, also those of attached mails, which are only counted.
    count: usize,
    multiparts: usize,
}

impl<'x> Walk<'x> {
    fn part(
        &mut self,
        headers: Headers<'x>,
        body: &'x [u8],
        around: &mut Vec<Around>,
        default: &str,
    ) -> Result<(), TooComplex> {
        self.count += 1;
        if self.count > MOST_PARTS {
            return Err(TooComplex::Parts);
        }
        let mut content_type = parameterized(&headers, "Content-Type")?;
        if !content_type.word.contains('/') {
            default.clone_into(&mut content_type.word);
        }
        let subtype = content_type.word.strip_prefix("multipart/").map(str::to_owned);
        let boundary = content_type.get("boundary").unwrap_or_default().trim_end();
        if let (Some(subtype), false) = (subtype, boundary.is_empty()) {
            let bodies = divided(body, boundary)?;
            if !bodies.is_empty() {
                return self.multipart(&subtype, bodies, around);
            }
            // Nothing between boundaries: what is there is read as words.
            "text/plain".clone_into(&mut content_type.word);
        }
        if content_type.word == "message/rfc822" {
            self.attached(body, around.len())?;
        }
        let disposition = parameterized(&headers, "Content-Disposition")?;
        self.parts.push(Part { headers, content_type, disposition, body, around: around.clone() });
        Ok(())
    }

    fn multipart(
        &mut self,
        subtype: &str,
        bodies: Vec<&'x [u8]>,
        around: &mut Vec<Around>,
    ) -> Result<(), TooComplex> {
        if around.len() >= MOST_DEPTH {
            return Err(TooComplex::Depth);
        }
        let default = if subtype == "digest" { "message/rfc822" } else { "text/plain" };
        self.multiparts += 1;
        let number = self.multiparts;
        for (position, bytes) in bodies.into_iter().enumerate() {
            let (headers, body, complexity) = Headers::read(bytes);
            complexity.map_or(Ok(()), Err)?;
            around.push(Around { number, subtype: subtype.to_owned(), position });
            self.part(headers, &bytes[body..], around, default)?;
            around.pop();
        }
        Ok(())
    }

    /// The parts of an attached mail are not ours; how deep and how many they are is bounded all the same.
    fn attached(&mut self, mail: &'x [u8], depth: usize) -> Result<(), TooComplex> {
        if depth >= MOST_DEPTH {
            return Err(TooComplex::Depth);
        }
        let kept = self.parts.len();
        let (headers, body, complexity) = Headers::read(mail);
        complexity.map_or(Ok(()), Err)?;
        let inside = Around { number: 0, subtype: "rfc822".into(), position: 0 };
        self.part(headers, &mail[body..], &mut vec![inside; depth + 1], "text/plain")?;
        self.parts.truncate(kept);
        Ok(())
    }
}

fn parameterized(headers: &Headers<'_>, name: &str) -> Result<Parameterized, TooComplex> {
    headers.first(name).map_or_else(|| Ok(Parameterized::default()), Parameterized::parse)
}

/// What stands between the boundaries; the last may be missing.
fn divided<'x>(body: &'x [u8], boundary: &str) -> Result<Vec<&'x [u8]>, TooComplex> {
    let mark = format!("--{boundary}");
    let mut bodies = Vec::new();
    let mut begin = None;
    for at in Finder::new(mark.as_bytes()).find_iter(body) {
        if at > 0 && body[at - 1] != b'\n' {
            continue;
        }
        let after = &body[at + mark.len()..];
        let line = &after[..memchr::memchr(b'\n', after).map_or(after.len(), |end| end + 1)];
        let (is_last, blank) = line.strip_prefix(b"--").map_or((false, line), |rest| (true, rest));
        if !blank.trim_ascii().is_empty() {
            continue;
        }
        if let Some(begin) = begin {
            bodies.push(without_line_end(&body[begin..at.max(begin)]));
            if bodies.len() > MOST_PARTS {
                return Err(TooComplex::Parts);
            }
        }
        if is_last {
            return Ok(bodies);
        }
        begin = Some(at + mark.len() + line.len());
    }
    bodies.extend(begin.map(|begin| &body[begin..]));
    Ok(bodies)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bodies(mail: &str) -> Result<Vec<(String, String)>, TooComplex> {
        let (headers, body, _) = Headers::read(mail.as_bytes());
        let parts = parts(headers, &mail.as_bytes()[body..])?;
        let text = |part: &Part<'_>| String::from_utf8_lossy(part.body).into_owned();
        Ok(parts.iter().map(|part| (part.content_type.word.clone(), text(part))).collect())
    }

    #[test]
    fn a_boundary_is_a_whole_line() {
        let mail = "Content-Type: multipart/mixed; boundary=b1\r\n\r\npreamble\r\n--b1\r\n\r\none --b1\r\n--b10\r\n\
                    --b1 \r\nContent-Type: text/html\r\n\r\ntwo\r\n--b1--\r\n--b1\r\n\r\nepilogue";
        let expected = [("text/plain", "one --b1\r\n--b10"), ("text/html", "two")];
        assert_eq!(bodies(mail).unwrap(), expected.map(|(kind, text)| (kind.to_owned(), text.to_owned())));
    }

    #[test]
    fn an_outer_boundary_ends_what_is_not_closed() {
        let mail = "Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: multipart/mixed; boundary=i\r\n\
                    \r\n--i\r\n\r\ninner\r\n--o\r\n\r\nouter";
        let texts: Vec<String> = bodies(mail).unwrap().into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["inner", "outer"]);
    }

    #[test]
    fn without_boundaries_the_whole_is_words() {
        for mail in [
            "Content-Type: multipart/mixed; boundary=b\r\n\r\nwords",
            "Content-Type: multipart/mixed\r\n\r\nwords",
        ] {
            assert_eq!(bodies(mail).unwrap()[0].1, "words");
        }
    }

    #[test]
    fn depth_and_number_are_bounded() {
        let deep = |levels: usize| {
            (0..levels)
                .map(|at| format!("Content-Type: multipart/mixed; boundary=b{at}\r\n\r\n--b{at}\r\n"))
                .collect::<String>()
                + "\r\nend"
        };
        assert!(bodies(&deep(MOST_DEPTH)).is_ok());
        assert_eq!(bodies(&deep(MOST_DEPTH + 1)).err(), Some(TooComplex::Depth));
        let attached = "Content-Type: message/rfc822\r\n\r\n".repeat(MOST_DEPTH + 1) + "\r\nend";
        assert_eq!(bodies(&attached).err(), Some(TooComplex::Depth));
        let many =
            "Content-Type: multipart/mixed; boundary=a\r\n\r\n".to_owned() + &"--a\r\n\r\n".repeat(200_000);
        assert_eq!(bodies(&many).err(), Some(TooComplex::Parts));
    }
}
