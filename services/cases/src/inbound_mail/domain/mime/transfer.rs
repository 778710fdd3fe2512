//! Transfer encodings: whatever can be read of them is, for a mail that is cut short still has words.

use std::borrow::Cow;

/// The bytes of a body under its `Content-Transfer-Encoding`.
pub(crate) fn decoded<'x>(body: &'x [u8], encoding: Option<&str>) -> Cow<'x, [u8]> {
    match encoding.unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "base64" => from_base64(body).into(),
        "quoted-printable" => from_quoted_printable(body).into(),
        _ => body.into(),
    }
}

/// Base64, whatever stands between its letters; what comes after the padding begins anew.
pub(crate) fn from_base64(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for letter in text {
        let value = SIX_BITS[usize::from(*letter)];
        if value == PADDING {
            (bits, count) = (0, 0);
        }
        if value >= PADDING {
            continue;
        }
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}

/// Quoted-printable: a broken sequence stays as it is.
pub(crate) fn from_quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let words = line.trim_ascii_end();
        let end = if line.ends_with(b"\r\n") {
            &b"\r\n"[..]
        } else {
            &line[line.len() - usize::from(line.ends_with(b"\n"))..]
        };
        match words.strip_suffix(b"=") {
            Some(soft) if !end.is_empty() => escapes(soft, &mut bytes),
            _ => {
                escapes(words, &mut bytes);
                bytes.extend(end);
            }
        }
    }
    bytes
}

/// The Q encoding of a header's word.
pub(crate) fn from_quoted_printable_word(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let blanks: Vec<u8> = text.iter().map(|byte| if *byte == b'_' { b' ' } else { *byte }).collect();
    escapes(&blanks, &mut bytes);
    bytes
}

fn escapes(text: &[u8], bytes: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'=', rest) {
        bytes.extend(&rest[..at]);
        let hex = |at: usize| rest.get(at).and_then(|digit| char::from(*digit).to_digit(16));
        match (hex(at + 1), hex(at + 2)) {
            (Some(high), Some(low)) => {
                bytes.push((high << 4 | low) as u8);
                rest = &rest[at + 3..];
            }
            _ => {
                bytes.push(b'=');
                rest = &rest[at + 1..];
            }
        }
    }
    bytes.extend(rest);
}

const PADDING: u8 = 64;
const NOTHING: u8 = 65;

const SIX_BITS: [u8; 256] = {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut values = [NOTHING; 256];
    let mut at = 0;
    while at < 64 {
        values[ALPHABET[at] as usize] = at as u8;
        at += 1;
    }
    values[b'=' as usize] = PADDING;
    values
};

#[cfg(test)]
mod tests {
    use mail_parser::decoders::{base64::base64_decode, quoted_printable::quoted_printable_decode};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_cut_short_is_read_as_far_as_it_goes() {
        assert_eq!(from_base64(b"TWlycHVyIQ=="), b"Mirpur!");
        assert_eq!(from_base64(b"TWly\r\ncHVyI"), b"Mirpur");
        assert_eq!(from_base64(b"TQ==TQ=="), b"MM");
        assert_eq!(from_quoted_printable(b"a=3Db =\r\nc =\r\n\r\nd=4"), b"a=b c \r\nd=4");
        assert_eq!(from_quoted_printable(b"end=\n"), b"end");
        assert_eq!(from_quoted_printable_word(b"a_b=5f"), b"a b_");
    }

    proptest! {
        #[test]
        fn well_formed_bodies_are_read_as_mail_parser_does(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            use std::fmt::Write;
            let quoted = bytes.iter().fold(String::new(), |mut text, byte| { write!(text, "={byte:02X}").unwrap(); text });
            prop_assert_eq!(Some(from_quoted_printable(quoted.as_bytes())), quoted_printable_decode(quoted.as_bytes()));
            let encoded = mail_builder_base64(&bytes);
            prop_assert_eq!(Some(from_base64(encoded.as_bytes())), base64_decode(encoded.as_bytes()));
        }
    }

    fn mail_builder_base64(bytes: &[u8]) -> String {
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let letters = bytes.chunks(3).flat_map(|chunk| {
            let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
                << (8 * (3 - chunk.len()));
            (0..4).map(move |at| {
                if at > chunk.len() {
                    '='
                } else {
                    char::from(ALPHABET[(bits >> (18 - 6 * at) & 63) as usize])
                }
            })
        });
        letters.collect()
    }
}
