//! The header fields of a mail or of a part: found within bounds, unfolded and decoded when they are asked for.

use memchr::memchr;

use super::{charset, encoded_words};
use crate::inbound_mail::domain::limits::{MOST_HEADER_BYTES, MOST_HEADER_LINES, TooComplex};

/// The fields above a body, as they came.
#[derive(Default)]
pub(crate) struct Headers<'x> {
    fields: Vec<(&'x [u8], &'x [u8])>,
}

impl<'x> Headers<'x> {
    /// Reads up to the blank line; says where the body begins. What is beyond the bounds is not read.
    pub(crate) fn read(bytes: &'x [u8]) -> (Self, usize, Option<TooComplex>) {
        let mut fields: Vec<(&[u8], &[u8])> = Vec::new();
        let (mut at, mut lines) = (0, 0);
        while at < bytes.len() {
            let next = memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end + 1);
            let line = without_line_end(&bytes[at..next]);
            lines += 1;
            if line.is_empty() {
                return (Self { fields }, next, None);
            }
            if lines > MOST_HEADER_LINES || next > MOST_HEADER_BYTES {
                return (Self { fields }, bytes.len(), Some(TooComplex::Headers));
            }
            match (fields.last_mut(), field(line)) {
                (Some((_, value)), _) if line[0] == b' ' || line[0] == b'\t' => {
                    let begin = value.as_ptr().addr() - bytes.as_ptr().addr();
                    *value = &bytes[begin..at + line.len()];
                }
                (_, Some(found)) => fields.push(found),
                // The envelope line of a mailbox file.
                (None, None) if line.starts_with(b"From ") => {}
                // A line that is no field: the blank line was forgotten.
                _ => return (Self { fields }, at, None),
            }
            at = next;
        }
        (Self { fields }, bytes.len(), None)
    }

    /// The values of this name, topmost first, as they came.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'x [u8]> + 'a {
        let named = move |(found, _): &&(&[u8], &[u8])| found.eq_ignore_ascii_case(name.as_bytes());
        self.fields.iter().filter(named).map(|(_, value)| *value)
    }

    /// The topmost value of this name, as it came.
    pub(crate) fn first(&self, name: &str) -> Option<&'x [u8]> {
        self.all(name).next()
    }

    /// The topmost value on one line, not decoded.
    pub(crate) fn line(&self, name: &str) -> Option<String> {
        self.first(name).map(unfolded)
    }

    /// The topmost value as people read it: on one line, encoded words decoded, composed.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.line(name).map(|line| charset::one_line(&encoded_words::decode(&line)))
    }

    /// Whether there is a field whose name begins so.
    pub(crate) fn has_prefix(&self, prefix: &str) -> bool {
        let begins = |name: &[u8]| {
            name.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix.as_bytes()))
        };
        self.fields.iter().any(|(name, _)| begins(name))
    }
}

/// A value on one line. Raw letters are UTF-8, or else of an old charset.
pub(crate) fn unfolded(value: &[u8]) -> String {
    let text = charset::decode(value, None);
    let mut line = String::with_capacity(text.len());
    let mut pieces = text.split('\n').map(|piece| piece.trim_end_matches('\r'));
    line.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        line.push(' ');
        line.push_str(piece.trim_start_matches([' ', '\t']));
    }
    line.trim().to_owned()
}

fn field(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = memchr(b':', line)?;
    let name = line[..colon].trim_ascii_end();
    let is_name = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    is_name.then_some((name, &line[colon + 1..]))
}

/// The line without what ends it.
pub(crate) fn without_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_goes_on_where_its_line_is_indented() {
        let mail = b"Subject: one\r\n two\r\n\tthree\r\nX: y\r\n\r\nbody";
        let (headers, body, complex) = Headers::read(mail);
        assert_eq!(headers.text("subject").as_deref(), Some("one two three"));
        assert_eq!(headers.line("X").as_deref(), Some("y"));
        assert_eq!((&mail[body..], complex), (&b"body"[..], None));
    }

    #[test]
    fn a_forgotten_blank_line_loses_no_words() {
        let mail = b"From alice Mon Nov 23 2026\nSubject: one\nHello there\nSecond line";
        let (headers, body, _) = Headers::read(mail);
        assert_eq!(headers.text("Subject").as_deref(), Some("one"));
        assert_eq!(&mail[body..], b"Hello there\nSecond line");
    }

    #[test]
    fn beyond_the_bounds_nothing_is_read() {
        let many = "X: y\r\n".repeat(MOST_HEADER_LINES) + "From: a@b.cd\r\n\r\n";
        let long = format!("X: {}\r\nFrom: a@b.cd\r\n\r\n", "y".repeat(MOST_HEADER_BYTES));
        for mail in [many, long] {
            let (headers, _, complex) = Headers::read(mail.as_bytes());
            assert_eq!(complex, Some(TooComplex::Headers));
            assert!(headers.first("From").is_none());
        }
    }
}
