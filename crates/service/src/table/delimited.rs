//! CSV by RFC 4180: UTF-8 or UTF-16, separated by commas, semicolons, tabs or what its `sep=` line says.
//!
//! Strict where leniency loses rows: a quote that is never closed, or that is closed within a cell, refuses the file and
//! names the row. A row's number is the one that a spreadsheet shows: a cell of several lines is in one row, and a blank
//! line is a row, too.

use std::{
    borrow::Cow,
    io::{self, BufReader, Read},
};

use super::{Builder, Cell, Limits, TableError};

pub(super) fn read(bytes: Vec<u8>, limits: Limits) -> Result<Builder, TableError> {
    let text = decode(bytes)?;
    let (separator, rest, first) = separator_line(&text).unwrap_or_else(|| (separator(&text), &*text, 1));
    let mut records = Records { rest, separator, number: first, width: 0 };
    let mut builder = Builder::new(limits);
    let mut cells = Vec::new();
    while let Some(number) = records.next_into(&mut cells, limits.columns)? {
        builder.push(number, std::mem::take(&mut cells))?;
    }
    Ok(builder)
}

/// The cells a file has, at most: one before each separator and each end of a line.
pub(super) fn count_cells(file: &mut impl Read) -> io::Result<u64> {
    let ends = |byte: &u8| matches!(byte, b',' | b';' | b'\t' | b'|' | b'\n' | b'\r');
    let (mut file, mut chunk, mut cells) = (BufReader::new(file), vec![0; 64 << 10], 1);
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(cells),
            read => cells += chunk[..read].iter().filter(|byte| ends(byte)).count() as u64,
        }
    }
}

/// The text, of whichever of the encodings that spreadsheets write and that can be told from each other.
fn decode(bytes: Vec<u8>) -> Result<String, TableError> {
    let utf16 = |of: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes[2..].as_chunks::<2>();
        let chars = char::decode_utf16(pairs.iter().map(|pair| of(*pair)));
        let text = chars.collect::<Result<String, _>>().ok().filter(|_| rest.is_empty());
        text.ok_or(TableError::Unreadable("it is no sound UTF-16 text"))
    };
    let text = match bytes.as_slice() {
        [0xff, 0xfe, ..] => utf16(u16::from_le_bytes)?,
        [0xfe, 0xff, ..] => utf16(u16::from_be_bytes)?,
        _ => {
            let text = String::from_utf8(bytes);
            let mut text = text.map_err(|_| {
                TableError::Unreadable("it is not UTF-8 text: save it as “CSV UTF-8” and send it again")
            })?;
            if text.starts_with('\u{feff}') {
                text.drain(..'\u{feff}'.len_utf8());
            }
            text
        }
    };
    if text.contains('\0') {
        return Err(TableError::Unreadable("it has the character U+0000, which no text has"));
    }
    Ok(text)
}

/// Excel's first line `sep=;`, what follows it, and the number of the row that follows.
fn separator_line(text: &str) -> Option<(char, &str, u32)> {
    let end = text.find(['\r', '\n'])?;
    let line = text[..end].trim_matches('"');
    let mut separators =
        line.get(..4).filter(|word| word.eq_ignore_ascii_case("sep=")).map(|_| line[4..].chars())?;
    let separator =
        separators.next().filter(|char| char.is_ascii() && !char.is_ascii_alphanumeric() && *char != '"')?;
    let rest = &text[end..];
    let rest = rest.strip_prefix("\r\n").unwrap_or_else(|| &rest[1..]);
    separators.next().is_none().then_some((separator, rest, 2))
}

/// The separator that the first line with any uses most, outside quotes.
fn separator(text: &str) -> char {
    let mut counts = [(',', 0), (';', 0), ('\t', 0)];
    let mut quoted = false;
    for char in text.chars() {
        match char {
            '"' => quoted = !quoted,
            '\n' | '\r' if !quoted && counts.iter().any(|(_, count)| *count > 0) => break,
            _ if quoted => {}
            _ => {
                if let Some((_, count)) = counts.iter_mut().find(|(separator, _)| *separator == char) {
                    *count += 1;
                }
            }
        }
    }
    // The first of equals: a single column has no separator, and the comma is as good as any.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(',', |(separator, _)| *separator)
}

/// What is left of a text, record by record.
struct Records<'a> {
    rest: &'a str,
    separator: char,
    number: u32,
    /// Cells of the first record that has several.
    width: usize,
}

impl<'a> Records<'a> {
    /// Reads the next record and gives its number; cells beyond the columns are looked at, not kept.
    fn next_into(&mut self, cells: &mut Vec<Cell>, columns: usize) -> Result<Option<u32>, TableError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let number = self.number;
        self.number = number.saturating_add(1);
        let mut at = 0;
        loop {
            let (text, ends) = self.cell(number)?;
            let cell = Cell::of(&text);
            // An endless row of separators would otherwise cost a cell for every byte.
            if at < columns {
                cells.push(cell);
            } else if !cell.is_empty() {
                return Err(TableError::TooLarge(format!("{columns} columns")));
            }
            at += 1;
            if ends {
                if self.width == 0 && at > 1 {
                    self.width = at;
                }
                return Ok(Some(number));
            }
        }
    }

    /// The next cell, and whether its record ends with it.
    fn cell(&mut self, number: u32) -> Result<(Cow<'a, str>, bool), TableError> {
        let ends = [self.separator, '\r', '\n'];
        let rest = self.rest;
        let Some(mut quoted) = rest.strip_prefix('"') else {
            let end = rest.find(ends).unwrap_or(rest.len());
            return Ok((rest[..end].into(), self.pass(&rest[end..])));
        };
        let mut text = String::new();
        loop {
            let end = quoted.find('"').ok_or(TableError::OpenQuote(number))?;
            text.push_str(&quoted[..end]);
            quoted = &quoted[end + 1..];
            match quoted.strip_prefix('"') {
                Some(more) => {
                    text.push('"');
                    quoted = more;
                }
                None => break,
            }
        }
        let after = quoted.trim_start_matches(' ');
        if !(after.is_empty() || after.starts_with(ends)) || self.holds_a_row(&text) {
            return Err(TableError::OpenQuote(number));
        }
        Ok((text.into(), self.pass(after)))
    }

    /// Whether a further line of a cell has as many separators as a row: a quote that was never closed swallowed it, and
    /// another quote that was never closed ended it.
    fn holds_a_row(&self, text: &str) -> bool {
        let of_a_row = |line: &str| line.matches(self.separator).count() + 1 >= self.width;
        self.width >= 3 && text.lines().skip(1).any(of_a_row)
    }

    /// Goes past a separator or the end of a line; whether the record ends there.
    fn pass(&mut self, rest: &'a str) -> bool {
        if let Some(rest) = rest.strip_prefix(self.separator) {
            self.rest = rest;
            return false;
        }
        self.rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\r', '\n'])).unwrap_or(rest);
        true
    }
}
