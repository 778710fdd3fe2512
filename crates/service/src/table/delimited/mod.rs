//! CSV by RFC 4180, record by record: UTF-8 or UTF-16, separated by commas, semicolons, tabs or what its `sep=` line says.
//!
//! Strict where leniency loses rows: a quote that is never closed, or that is closed within a cell, refuses the file and
//! names the row. A row's number is the one that a spreadsheet shows: a cell of several lines is in one row, and a blank
//! line is a row, too.

mod decoder;
mod separator;

use std::{borrow::Cow, io::Read};

use super::{Cell, Limits, Row, TableError};
use decoder::Decoder;

/// What a record may come to, in bytes: longer than any row that a spreadsheet could hold.
const MOST_RECORD: usize = 4 << 20;
/// What is looked at to find the separator, in bytes, unless the first line is longer.
const HEAD: usize = 64 << 10;

/// The records of a file.
pub(super) struct Records<R> {
    source: Decoder<R>,
    /// What was read of the text; all before `at` was given out.
    text: String,
    at: usize,
    whole: bool,
    form: Form,
    number: u32,
    columns: usize,
}

/// How records are written.
#[derive(Debug, Clone, Copy)]
struct Form {
    separator: char,
    /// Cells of the first record that has several.
    width: usize,
}

/// Why a record was not read.
enum Stop {
    /// Its end is not there yet.
    Unfinished {
        quoted: bool,
    },
    Refused(TableError),
}

impl<R: Read> Records<R> {
    /// Reads the beginning, which says how the rest is to be read.
    pub(super) fn open(file: R, limits: Limits) -> Result<Self, TableError> {
        let source = Decoder::open(file)?;
        let form = Form { separator: ',', width: 0 };
        let columns = limits.columns;
        let mut records = Self { source, text: String::new(), at: 0, whole: false, form, number: 1, columns };
        while records.text.len() < HEAD && !records.whole {
            records.read_more(HEAD)?;
        }
        match separator::told(&records.text) {
            Some((separator, after)) => {
                (records.form.separator, records.at, records.number) = (separator, after, 2);
            }
            None => records.form.separator = separator::found(&records.text),
        }
        Ok(records)
    }

    pub(super) fn next_row(&mut self) -> Result<Option<Row>, TableError> {
        loop {
            let rest = &self.text[self.at..];
            if rest.is_empty() && self.whole {
                return Ok(None);
            }
            let mut record = Record { rest, form: self.form, number: self.number, whole: self.whole };
            match record.read(self.columns) {
                Ok(cells) => {
                    self.at = self.text.len() - record.rest.len();
                    self.form = record.form;
                    let number = self.number;
                    self.number = number.saturating_add(1);
                    return Ok(Some(Row { number, cells }));
                }
                Err(Stop::Refused(refused)) => return Err(refused),
                Err(Stop::Unfinished { quoted }) if rest.len() > MOST_RECORD => {
                    return Err(match quoted {
                        true => TableError::OpenQuote(self.number),
                        false => TableError::TooLarge(format!("{} MiB in a row", MOST_RECORD >> 20)),
                    });
                }
                // As much again as there is: a long record is not begun too often.
                Err(Stop::Unfinished { .. }) => self.read_more(rest.len().max(HEAD))?,
            }
        }
    }

    fn read_more(&mut self, bytes: usize) -> Result<(), TableError> {
        self.text.drain(..self.at);
        self.at = 0;
        self.whole = !self.source.read_into(&mut self.text, bytes)?;
        Ok(())
    }
}

/// One record, at the beginning of what is left of a text.
struct Record<'a> {
    rest: &'a str,
    form: Form,
    number: u32,
    /// Nothing comes after the rest.
    whole: bool,
}

impl<'a> Record<'a> {
    /// Its cells; those beyond the columns are looked at, not kept.
    fn read(&mut self, columns: usize) -> Result<Vec<Cell>, Stop> {
        let (mut cells, mut at) = (Vec::new(), 0);
        loop {
            let (text, ends) = self.cell()?;
            let cell = Cell::of(&text);
            // An endless row of separators would otherwise cost a cell for every byte.
            if at < columns {
                cells.push(cell);
            } else if !cell.is_empty() {
                return Err(Stop::Refused(TableError::TooLarge(format!("{columns} columns"))));
            }
            at += 1;
            if ends {
                if self.form.width == 0 && at > 1 {
                    self.form.width = at;
                }
                return Ok(cells);
            }
        }
    }

    /// The next cell, and whether the record ends with it.
    fn cell(&mut self) -> Result<(Cow<'a, str>, bool), Stop> {
        let ends = [self.form.separator, '\r', '\n'];
        let rest = self.rest;
        let Some(mut quoted) = rest.strip_prefix('"') else {
            let end = rest.find(ends).unwrap_or(rest.len());
            return Ok((rest[..end].into(), self.pass(&rest[end..])?));
        };
        let mut text = String::new();
        loop {
            let Some(end) = quoted.find('"') else { return Err(self.open_quote()) };
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
        if after.is_empty() && !self.whole {
            return Err(self.open_quote());
        }
        if !(after.is_empty() || after.starts_with(ends)) || self.holds_a_row(&text) {
            return Err(Stop::Refused(TableError::OpenQuote(self.number)));
        }
        Ok((text.into(), self.pass(after)?))
    }

    /// A quote that is open at the end of what is there.
    fn open_quote(&self) -> Stop {
        match self.whole {
            true => Stop::Refused(TableError::OpenQuote(self.number)),
            false => Stop::Unfinished { quoted: true },
        }
    }

    /// Whether a further line of a cell has as many separators as a row: a quote that was never closed swallowed it, and
    /// another quote that was never closed ended it.
    fn holds_a_row(&self, text: &str) -> bool {
        let of_a_row = |line: &str| line.matches(self.form.separator).count() + 1 >= self.form.width;
        self.form.width >= 3 && text.lines().skip(1).any(of_a_row)
    }

    /// Goes past a separator or the end of a line; whether the record ends there.
    fn pass(&mut self, rest: &'a str) -> Result<bool, Stop> {
        if let Some(rest) = rest.strip_prefix(self.form.separator) {
            self.rest = rest;
            return Ok(false);
        }
        // A line feed may come behind a carriage return.
        if matches!(rest, "" | "\r") && !self.whole {
            return Err(Stop::Unfinished { quoted: false });
        }
        self.rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\r', '\n'])).unwrap_or(rest);
        Ok(true)
    }
}
