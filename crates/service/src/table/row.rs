//! One row of a list: its cells read one by one, and whatever is wrong with any of them gathered.

use std::fmt::Display;

use careway_kernel::{CountryCode, PartialDate, PhoneNumber};
use chrono::NaiveDate;

use super::{Cell, CellError, CellWarning, Header, Row};

/// What is wrong with one cell, or with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellProblem {
    /// The row's number in the file.
    pub row: u32,
    /// The column; empty when it is the row as a whole.
    pub column: &'static str,
    /// What the cell shows, cut.
    pub value: String,
    /// Why, for programs: `UPPER_SNAKE`.
    pub reason: &'static str,
    /// Why, for a person: what it must be.
    pub message: String,
}

/// What is unusual about a cell that is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellRemark {
    /// The row's number in the file.
    pub row: u32,
    /// The column.
    pub column: &'static str,
    /// What.
    pub warning: CellWarning,
}

/// Reads the cells of one row.
#[derive(Debug)]
pub struct RowReader<'a> {
    header: &'a Header,
    row: &'a Row,
    problems: Vec<CellProblem>,
    remarks: Vec<CellRemark>,
}

impl Header {
    /// Reads a row's cells.
    #[must_use]
    pub fn reader<'a>(&'a self, row: &'a Row) -> RowReader<'a> {
        let mut reader = RowReader { header: self, row, problems: Vec::new(), remarks: Vec::new() };
        if self.is_narrower_than(row) {
            reader.reject("", "TOO_MANY_CELLS", "has more cells than there are columns");
        }
        reader
    }
}

impl<'a> RowReader<'a> {
    /// The row's number in the file.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.row.number
    }

    /// The cell in a column.
    #[must_use]
    pub fn cell(&self, column: &str) -> &'a Cell {
        self.header.cell(self.row, column)
    }

    /// What a cell says, read by `read`, which knows cells: `Some(None)` when it is empty, `None` when it is wrong.
    pub fn read<T>(
        &mut self,
        column: &'static str,
        read: impl FnOnce(&Cell) -> Result<Option<T>, CellError>,
    ) -> Option<Option<T>> {
        let read = read(self.cell(column));
        read.map_err(|error| self.reject(column, error.reason(), error)).ok()
    }

    /// As [`read`](Self::read); an empty cell is wrong.
    pub fn need<T>(
        &mut self,
        column: &'static str,
        read: impl FnOnce(&Cell) -> Result<Option<T>, CellError>,
    ) -> Option<T> {
        let read = self.read(column, read)?;
        if read.is_none() {
            self.reject(column, "REQUIRED", "is required");
        }
        read
    }

    /// The text of a cell on one line, parsed: `Some(None)` when it is empty, `None` when it is wrong.
    pub fn optional<T, E: Display>(
        &mut self,
        column: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Option<T>> {
        let Some(text) = self.read(column, line)? else { return Some(None) };
        parse(&text).map_err(|error| self.reject(column, "INVALID", error)).ok().map(Some)
    }

    /// As [`optional`](Self::optional); an empty cell is wrong.
    pub fn required<T, E: Display>(
        &mut self,
        column: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.need(column, line)?;
        parse(&text).map_err(|error| self.reject(column, "INVALID", error)).ok()
    }

    /// The digits of an identifier of one of these lengths.
    pub fn digits(&mut self, column: &'static str, lengths: &[usize]) -> Option<Option<String>> {
        let read = self.read(column, |cell| cell.digits(lengths))?;
        Some(read.map(|(digits, restored)| {
            restored.into_iter().for_each(|warning| self.warn(column, warning));
            digits
        }))
    }

    /// A phone that can receive messages.
    pub fn mobile(&mut self, column: &'static str, country: CountryCode) -> Option<Option<PhoneNumber>> {
        let Some(read) = self.read(column, |cell| cell.phone(country))? else { return Some(None) };
        if !read.number.is_mobile() {
            self.reject(column, "NOT_A_MOBILE", "must be a valid mobile phone number");
            return None;
        }
        self.changed(column, read.changed);
        Some(Some(read.number))
    }

    fn changed(&mut self, column: &'static str, change: Option<careway_kernel::PhoneChange>) {
        change.into_iter().for_each(|change| self.warn(column, change.into()));
    }

    /// A birth as far as it is known.
    pub fn birth(&mut self, column: &'static str, today: NaiveDate) -> Option<PartialDate> {
        let birth = self.need(column, Cell::partial_date)?;
        if !birth.is_plausible_birth(today) {
            self.reject(column, "IMPLAUSIBLE_BIRTH", "must be within the last 115 years");
            return None;
        }
        Some(birth)
    }

    /// Says that a cell is wrong unless the condition holds.
    pub fn check(&mut self, column: &'static str, holds: bool, message: impl Display) {
        if !holds {
            self.reject(column, "INVALID", message);
        }
    }

    /// Says that a cell is wrong; an empty name means the row as a whole.
    pub fn reject(&mut self, column: &'static str, reason: &'static str, message: impl Display) {
        let value = if column.is_empty() { String::new() } else { self.cell(column).shown() };
        let (row, message) = (self.row.number, message.to_string());
        self.problems.push(CellProblem { row, column, value, reason, message });
    }

    /// Says what is unusual about a cell.
    pub fn warn(&mut self, column: &'static str, warning: CellWarning) {
        self.remarks.push(CellRemark { row: self.row.number, column, warning });
    }

    /// Whether nothing is wrong so far.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }

    /// What is wrong, and what is unusual.
    #[must_use]
    pub fn finish(self) -> (Vec<CellProblem>, Vec<CellRemark>) {
        (self.problems, self.remarks)
    }
}

fn line(cell: &Cell) -> Result<Option<String>, CellError> {
    Ok(Some(cell.text()?).filter(|text| !text.is_empty()))
}
