//! Letters: bytes of a charset become composed text without what a database does not take.

use std::borrow::Cow;

use careway_kernel::text::nfc;
use encoding_rs::{Encoding, ISO_2022_JP, REPLACEMENT, UTF_8, WINDOWS_1252};

/// Decodes bytes by a label of the WHATWG. Without one that is known: UTF-8, ISO-2022-JP by its escapes, else windows-1252.
pub(crate) fn decode(bytes: &[u8], label: Option<&str>) -> String {
    let encoding = label.and_then(|label| known(label, bytes)).unwrap_or_else(|| guess(bytes));
    let (text, ..) = encoding.decode(bytes);
    match text {
        Cow::Borrowed(text) if !text.contains('\0') => text.to_owned(),
        text => text.replace('\0', ""),
    }
}

/// Whether each piece of it stands by itself: bytes of such pieces must not be joined.
pub(crate) fn is_stateful(label: &str) -> bool {
    Encoding::for_label(label.as_bytes()) == Some(ISO_2022_JP)
}

/// What many programs call US-ASCII is whatever they had, and a label that only confuses is none.
fn known(label: &str, bytes: &[u8]) -> Option<&'static Encoding> {
    let is_ascii_by_name = matches!(label.trim().to_ascii_lowercase().as_str(), "us-ascii" | "ascii");
    if is_ascii_by_name && (!bytes.is_ascii() || bytes.contains(&0x1b)) {
        return None;
    }
    Encoding::for_label(label.trim().as_bytes()).filter(|encoding| *encoding != REPLACEMENT)
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let escapes = |pair: &[u8]| pair == b"\x1b$" || pair == b"\x1b(";
    if bytes.is_ascii() && bytes.contains(&0x1b) && bytes.windows(2).any(escapes) {
        return ISO_2022_JP;
    }
    if std::str::from_utf8(bytes).is_ok() { UTF_8 } else { WINDOWS_1252 }
}

/// A header's words: composed, on one line, single blanks.
pub(crate) fn one_line(text: &str) -> String {
    let blank = |char: char| if char.is_control() { ' ' } else { char };
    let line: String = text.chars().filter(|char| *char != '\0').map(blank).collect();
    nfc(&line.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A text: composed, with line feeds alone, without control characters but those that lay it out.
pub(crate) fn lines(text: &str) -> String {
    let text = nfc(&text.replace("\r\n", "\n").replace('\r', "\n"));
    let is_dropped = |char: char| char.is_control() && !matches!(char, '\n' | '\t');
    if text.contains(is_dropped) { text.replace(is_dropped, "") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_those_of_the_whatwg() {
        for (bytes, label, text) in [
            (&b"\x93120 \x80\x94"[..], "iso-8859-1", "“120 €”"),
            (b"\xd6\xec\xe9F", "gb2312", "朱镕"),
            (b"caf\xe9", "latin1", "café"),
            (b"\x1b$BEE;R\x1b(B", "iso-2022-jp", "電子"),
        ] {
            assert_eq!(decode(bytes, Some(label)), text, "{label}");
        }
    }

    #[test]
    fn without_a_label_that_helps_it_is_guessed() {
        for label in [None, Some("us-ascii"), Some("x-unknown"), Some("hz-gb-2312")] {
            assert_eq!(decode("কাল".as_bytes(), label), "কাল");
            assert_eq!(decode(b"caf\xe9", label), "café");
            assert_eq!(decode(b"\x1b$BEE;R\x1b(B", label), "電子");
        }
    }

    #[test]
    fn what_no_database_takes_is_dropped() {
        assert_eq!(decode(b"be\0fore", Some("utf-8")), "before");
        assert_eq!(lines("a\r\nb\rc\u{7}\td"), "a\nb\nc\td");
        assert_eq!(one_line("  a\tb\u{0} \r\n c "), "a b c");
    }
}
