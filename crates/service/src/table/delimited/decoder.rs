//! Bytes into text, piece by piece, of whichever of the encodings that spreadsheets write and that can be told from each other.

use std::io::{self, Read};

use super::super::TableError;

const NOT_UTF8: TableError =
    TableError::Unreadable("it is not UTF-8 text: save it as “CSV UTF-8” and send it again");
const NOT_UTF16: TableError = TableError::Unreadable("it is no sound UTF-16 text");
const ZERO: TableError = TableError::Unreadable("it has the character U+0000, which no text has");
const BROKEN: TableError = TableError::Unreadable("it ends before its end");

/// How the text is kept.
#[derive(Debug, Clone, Copy)]
enum Encoding {
    Utf8,
    Utf16(fn([u8; 2]) -> u16),
}

/// A file's text.
pub(super) struct Decoder<R> {
    file: R,
    encoding: Encoding,
    /// Bytes that are not decoded yet: the beginning of a character, at most, between two readings.
    bytes: Vec<u8>,
}

impl<R: Read> Decoder<R> {
    /// Looks at the byte order mark, which is no part of the text.
    pub(super) fn open(mut file: R) -> Result<Self, TableError> {
        let mut bytes = Vec::with_capacity(3);
        file.by_ref().take(3).read_to_end(&mut bytes).map_err(|_| BROKEN)?;
        let (encoding, mark) = match bytes.as_slice() {
            [0xff, 0xfe, ..] => (Encoding::Utf16(u16::from_le_bytes), 2),
            [0xfe, 0xff, ..] => (Encoding::Utf16(u16::from_be_bytes), 2),
            [0xef, 0xbb, 0xbf] => (Encoding::Utf8, 3),
            _ => (Encoding::Utf8, 0),
        };
        bytes.drain(..mark);
        Ok(Self { file, encoding, bytes })
    }

    /// Adds the text of about so many bytes more; whether there may be any after them.
    pub(super) fn read_into(&mut self, text: &mut String, most: usize) -> Result<bool, TableError> {
        let held = self.bytes.len();
        let read = read_up_to(&mut self.file, &mut self.bytes, most).map_err(|_| BROKEN)?;
        debug_assert_eq!(self.bytes.len(), held + read);
        let more = read == most;
        let start = text.len();
        let decoded = match self.encoding {
            Encoding::Utf8 => self.utf8(text, more)?,
            Encoding::Utf16(unit) => self.utf16(text, unit, more)?,
        };
        self.bytes.drain(..decoded);
        if text.as_bytes()[start..].contains(&0) {
            return Err(ZERO);
        }
        Ok(more)
    }

    /// Adds what is whole and says how many bytes it had.
    fn utf8(&self, text: &mut String, more: bool) -> Result<usize, TableError> {
        let valid = match std::str::from_utf8(&self.bytes) {
            Ok(all) => all,
            Err(error) if more && error.error_len().is_none() => {
                std::str::from_utf8(&self.bytes[..error.valid_up_to()]).map_err(|_| NOT_UTF8)?
            }
            Err(_) => return Err(NOT_UTF8),
        };
        text.push_str(valid);
        Ok(valid.len())
    }

    fn utf16(&self, text: &mut String, unit: fn([u8; 2]) -> u16, more: bool) -> Result<usize, TableError> {
        let (mut pairs, rest) = self.bytes.as_chunks::<2>();
        if !more && !rest.is_empty() {
            return Err(NOT_UTF16);
        }
        // The first half of a pair waits for its second.
        let is_first_half = |pair: &[u8; 2]| (0xd800..0xdc00).contains(&unit(*pair));
        if more && pairs.last().is_some_and(is_first_half) {
            pairs = &pairs[..pairs.len() - 1];
        }
        for char in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
            text.push(char.map_err(|_| NOT_UTF16)?);
        }
        Ok(pairs.len() * 2)
    }
}

fn read_up_to(file: &mut impl Read, bytes: &mut Vec<u8>, most: usize) -> io::Result<usize> {
    file.take(most as u64).read_to_end(bytes)
}
