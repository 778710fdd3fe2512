//! Encoded words (RFC 2047): the bytes of neighbours are joined before they are decoded, for letters are cut between them.

use super::{
    charset::{self, is_stateful},
    transfer::{from_base64, from_quoted_printable_word},
};

/// A word's charset and bytes.
struct Word<'x> {
    charset: &'x str,
    bytes: Vec<u8>,
}

/// Decodes every encoded word of a line; what is none stays.
pub(crate) fn decode(line: &str) -> String {
    if !line.contains("=?") {
        return line.to_owned();
    }
    let mut text = String::with_capacity(line.len());
    let mut pending: Option<Word<'_>> = None;
    let mut rest = line;
    while let Some(begin) = rest.find("=?") {
        let before = &rest[..begin];
        match word(&rest[begin..]) {
            Some((found, length)) => {
                // Blanks between two words are not part of the text.
                if pending.is_none() || !before.trim().is_empty() {
                    flush(&mut text, &mut pending);
                    text.push_str(before);
                }
                join(&mut text, &mut pending, found);
                rest = &rest[begin + length..];
            }
            None => {
                flush(&mut text, &mut pending);
                text.push_str(&rest[..begin + 2]);
                rest = &rest[begin + 2..];
            }
        }
    }
    flush(&mut text, &mut pending);
    text.push_str(rest);
    text
}

fn join<'x>(text: &mut String, pending: &mut Option<Word<'x>>, next: Word<'x>) {
    match pending {
        Some(word) if word.charset.eq_ignore_ascii_case(next.charset) && !is_stateful(word.charset) => {
            word.bytes.extend(next.bytes);
        }
        _ => {
            flush(text, pending);
            *pending = Some(next);
        }
    }
}

fn flush(text: &mut String, pending: &mut Option<Word<'_>>) {
    if let Some(word) = pending.take() {
        text.push_str(&charset::decode(&word.bytes, Some(word.charset)));
    }
}

/// `=?charset*language?B|Q?bytes?=` at the beginning of a text, and its length.
fn word(text: &str) -> Option<(Word<'_>, usize)> {
    /// RFC 2047 has 75; some programs write a whole subject into one word.
    const LONGEST: usize = 4096;
    let inside = text.strip_prefix("=?")?;
    let (charset, after) = inside.split_once('?')?;
    let (encoding, after) = after.split_once('?')?;
    let (bytes, _) = after.split_once("?=")?;
    let length = text.len() - after.len() + bytes.len() + 2;
    let charset = charset.split('*').next().unwrap_or_default();
    let is_token = !charset.is_empty() && charset.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_token || length > LONGEST {
        return None;
    }
    let bytes = match encoding {
        "B" | "b" => from_base64(bytes.as_bytes()),
        "Q" | "q" => from_quoted_printable_word(bytes.as_bytes()),
        _ => return None,
    };
    Some((Word { charset, bytes }, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_joined_before_they_are_decoded() {
        for (line, text) in [
            ("=?utf-8?Q?=E0=A6?= =?utf-8?Q?=95?= x", "ক x"),
            ("a =?utf-8?B?4Kc=?= =?UTF-8?B?sA==?= b", "a ৰ b"),
            ("=?utf-8*en?Q?a_b?= (=?iso-8859-1?Q?=E9?=)", "a b (é)"),
            ("=?iso-2022-jp?B?GyRCRUUbKEI=?= =?iso-2022-jp?B?GyRCO1IbKEI=?=", "電子"),
        ] {
            assert_eq!(decode(line), text, "{line}");
        }
    }

    #[test]
    fn what_is_no_word_stays() {
        for line in ["=?", "=??=", "=?utf-8?X?abc?=", "a =?utf-8?Q?abc", "1 =? 2"] {
            assert_eq!(decode(line), line);
        }
    }
}
