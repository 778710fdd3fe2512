//! The bytes after DATA. Only a dot between two CRLF ends a mail: whatever else looks like an end is a part of it, so that no
//! mail is smuggled in another.

use memchr::memchr;

/// A mail while it comes in.
#[derive(Debug)]
pub(crate) struct Data {
    mail: Vec<u8>,
    most: usize,
    is_oversized: bool,
    place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// After a CRLF, and at the very beginning.
    LineBegin,
    /// After a dot that begins a line.
    Dot,
    /// After such a dot and a CR.
    DotCr,
    /// Within a line.
    Line,
    /// After a CR.
    Cr,
}

impl Data {
    /// One of at most so many bytes; more are heard and not kept.
    pub(crate) fn new(most: usize) -> Self {
        Self { mail: Vec::new(), most, is_oversized: false, place: Place::LineBegin }
    }

    /// Takes bytes. Says how many belong to the mail and its end, once the end is among them.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < bytes.len() {
            if self.place == Place::Line {
                let end = memchr(b'\r', &bytes[at..]).map_or(bytes.len(), |end| at + end);
                self.keep(&bytes[at..end]);
                at = end;
                if at == bytes.len() {
                    return None;
                }
            }
            if self.step(bytes[at]) {
                return Some(at + 1);
            }
            at += 1;
        }
        None
    }

    fn step(&mut self, byte: u8) -> bool {
        match (self.place, byte) {
            (Place::LineBegin, b'.') => self.place = Place::Dot,
            (Place::Dot, b'\r') => self.place = Place::DotCr,
            (Place::DotCr, b'\n') => return true,
            (Place::DotCr, byte) => {
                // The dot was one too many all the same.
                self.keep(b"\r");
                self.place = Place::Cr;
                return self.step(byte);
            }
            (Place::Cr, b'\n') => {
                self.keep(b"\n");
                self.place = Place::LineBegin;
            }
            (_, byte) => {
                self.keep(&[byte]);
                self.place = if byte == b'\r' { Place::Cr } else { Place::Line };
            }
        }
        false
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.mail.len() + bytes.len() > self.most {
            self.is_oversized = true;
            self.mail = Vec::new();
            self.most = 0;
        } else {
            self.mail.extend(bytes);
        }
    }

    /// How many bytes are kept.
    pub(crate) fn len(&self) -> usize {
        self.mail.len()
    }

    /// The mail; none when it was too large.
    pub(crate) fn finish(self) -> Option<Vec<u8>> {
        (!self.is_oversized).then_some(self.mail)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The mail and what comes after it, in pieces of this size.
    fn taken(bytes: &[u8], piece: usize) -> Option<(Vec<u8>, Vec<u8>)> {
        let mut data = Data::new(1_000);
        for (number, chunk) in bytes.chunks(piece).enumerate() {
            if let Some(end) = data.take(chunk) {
                return Some((data.finish()?, bytes[number * piece + end..].to_vec()));
            }
        }
        None
    }

    #[test]
    fn only_a_dot_between_two_line_ends_ends_a_mail() {
        for (bytes, mail, rest) in [
            (&b"a\r\n.\r\nQUIT"[..], &b"a\r\n"[..], &b"QUIT"[..]),
            (b".\r\n", b"", b""),
            (b"a\n.\nb\r\n.\r\n", b"a\n.\nb\r\n", b""),
            (b"a\r.\rb\r\n.\r\n", b"a\r.\rb\r\n", b""),
            (b"a\n.\r\nb\r\n.\r\n", b"a\n.\r\nb\r\n", b""),
            (b"a\r\n.\nb\r\n.\r\n", b"a\r\n\nb\r\n", b""),
            (b"a\r\n.\r.\r\n.\r\n", b"a\r\n\r.\r\n", b""),
            (b"..\r\n...\r\n.\r\n", b".\r\n..\r\n", b""),
        ] {
            for piece in [1, 2, 3, 100] {
                assert_eq!(taken(bytes, piece), Some((mail.to_vec(), rest.to_vec())), "{bytes:?} by {piece}");
            }
        }
        assert_eq!(taken(b"a\n.\nMAIL FROM:<x@y.zz>\n", 100), None);
    }

    #[test]
    fn what_is_too_large_is_heard_to_its_end_and_not_kept() {
        let mut data = Data::new(10);
        let bytes = [&[b'x'; 5_000][..], b"\r\n.\r\nQUIT"].concat();
        assert_eq!(data.take(&bytes), Some(5_005));
        assert_eq!((data.len(), data.finish()), (0, None));
    }

    proptest! {
        #[test]
        fn a_mail_comes_out_as_it_was_sent(lines in prop::collection::vec("[.a\r]{0,5}", 0..20), piece in 1_usize..50) {
            let mail: String = lines.iter().map(|line| format!("{}\r\n", line.trim_end_matches('\r'))).collect();
            let stuffed: String = mail.split_inclusive("\r\n").map(|line| if line.starts_with('.') { format!(".{line}") } else { line.to_owned() }).collect();
            let sent = format!("{stuffed}.\r\n");
            prop_assert_eq!(taken(sent.as_bytes(), piece), Some((mail.into_bytes(), Vec::new())));
        }
    }
}
