//! Tables that people send: CSV or XLSX into rows of cells, within bounds that hold before anything is inflated.
//!
//! ```text
//! let table = tokio::task::spawn_blocking(move || table::read(bytes, &media_type, Limits::default())).await??;
//! let number = table.column("member_number");
//! for row in &table.rows {
//!     row.cell(number).text()
//! }
//! ```
//! Reading is work for the processor: call [`read`] from `spawn_blocking`.

mod delimited;
mod workbook;

use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use careway_kernel::parse_date;
use chrono::NaiveDate;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::{Error, Kind};

/// The media type of an XLSX workbook.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// What a table may cost. The defaults suit a list of people.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The file as it came, in bytes.
    pub bytes: usize,
    /// Rows under the header.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// Filled cells altogether: what bounds the memory.
    pub cells: usize,
    /// A workbook's parts, all inflated.
    pub inflated_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 10 << 20, rows: 200_000, columns: 64, cells: 3_000_000, inflated_bytes: 128 << 20 }
    }
}

/// A table as it was read. Blank rows are left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The columns' names as the first row gives them: lower case, `_` for whatever is between words.
    pub columns: Vec<String>,
    /// The rows under it.
    pub rows: Vec<Row>,
}

impl Table {
    /// Where the column of this name is; case, spaces, `-` and `_` do not matter: `memberNumber` is
    /// `member_number` is `Member number`.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        let squeezed = |text: &str| text.replace('_', "").to_lowercase();
        let wanted = squeezed(name);
        self.columns.iter().position(|column| squeezed(column) == wanted)
    }
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its number in the file, the header's being 1 in most files.
    pub number: u32,
    /// Its cells up to the last filled one; there may be more of them than columns.
    pub cells: Vec<Cell>,
}

impl Row {
    /// The cell in a column; an absent one is empty.
    #[must_use]
    pub fn cell(&self, column: Option<usize>) -> &Cell {
        column.and_then(|column| self.cells.get(column)).unwrap_or(&Cell::Empty)
    }
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing, or blanks only.
    Empty,
    /// Text in NFC without blanks around it; a number as its digits.
    Text(Box<str>),
    /// A workbook's real date.
    Date(NaiveDate),
    /// A number of more than 15 digits: a workbook does not keep those exactly, so it is not what was typed.
    Inexact,
}

/// The cell does not hold what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CellError {
    /// See [`Cell::Inexact`].
    #[error("a workbook keeps only 15 digits of a number: format the column as text and type it again")]
    Inexact,
    /// Not a date.
    #[error("must be a date such as 1990-04-12")]
    Date,
}

impl Cell {
    fn of(text: &str) -> Self {
        let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\0'));
        match text {
            "" => Self::Empty,
            text if is_nfc(text) => Self::Text(text.into()),
            text => Self::Text(text.nfc().collect::<String>().into_boxed_str()),
        }
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// The text; empty for an empty cell, `YYYY-MM-DD` for a date.
    pub fn text(&self) -> Result<String, CellError> {
        match self {
            Self::Empty => Ok(String::new()),
            Self::Text(text) => Ok(text.to_string()),
            Self::Date(date) => Ok(date.to_string()),
            Self::Inexact => Err(CellError::Inexact),
        }
    }

    /// The date: a real one, or `YYYY-MM-DD`. None for an empty cell.
    pub fn date(&self) -> Result<Option<NaiveDate>, CellError> {
        match self {
            Self::Empty => Ok(None),
            Self::Date(date) => Ok(Some(*date)),
            Self::Text(text) => parse_date(text).map(Some).map_err(|_| CellError::Date),
            Self::Inexact => Err(CellError::Date),
        }
    }
}

/// Why a file is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// Over one of the [`Limits`].
    #[error("the list is too large: at most {0}")]
    TooLarge(String),
    /// Neither CSV nor XLSX, or broken.
    #[error("the list cannot be read: {0}")]
    Unreadable(&'static str),
}

impl From<TableError> for Error {
    fn from(error: TableError) -> Self {
        let reason = match &error {
            TableError::TooLarge(_) => "FILE_TOO_LARGE",
            TableError::Unreadable(_) => "FILE_UNREADABLE",
        };
        Self::new(Kind::Invalid, reason, error.to_string())
    }
}

/// Reads a table. The media type may carry parameters; without a telling one the bytes decide.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the bytes are handed over: they are freed as soon as they are read"
)]
pub fn read(bytes: Bytes, media_type: &str, limits: Limits) -> Result<Table, TableError> {
    if bytes.len() > limits.bytes {
        return Err(TableError::TooLarge(format!("{} MiB", limits.bytes >> 20)));
    }
    let is_workbook = bytes.starts_with(b"PK\x03\x04");
    let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match media_type.as_str() {
        "" | "application/octet-stream" if is_workbook => {}
        XLSX if is_workbook => {}
        XLSX => return Err(TableError::Unreadable("it is no XLSX workbook")),
        ""
        | "application/octet-stream"
        | "text/csv"
        | "application/csv"
        | "text/plain"
        | "text/tab-separated-values"
            if !is_workbook =>
        {
            return delimited::read(&bytes, limits);
        }
        "text/csv" | "application/csv" | "text/plain" | "text/tab-separated-values" => {
            return Err(TableError::Unreadable("it is a workbook, but its media type says text"));
        }
        _ => return Err(TableError::Unreadable("its media type must be text/csv or that of XLSX")),
    }
    workbook::check(&bytes, limits)?;
    // Workbooks come from strangers and the reader is large: should it panic, it is the file that is refused.
    catch_unwind(AssertUnwindSafe(|| workbook::read(&bytes, limits)))
        .unwrap_or(Err(TableError::Unreadable("it is no sound workbook")))
}

/// Puts rows together under their header and keeps the bounds.
struct Builder {
    limits: Limits,
    columns: Option<Vec<String>>,
    rows: Vec<Row>,
    cells: usize,
}

impl Builder {
    fn new(limits: Limits) -> Self {
        Self { limits, columns: None, rows: Vec::new(), cells: 0 }
    }

    fn push(&mut self, number: u32, mut cells: Vec<Cell>) -> Result<(), TableError> {
        let filled = cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
        cells.truncate(filled);
        if cells.is_empty() {
            return Ok(());
        }
        if cells.len() > self.limits.columns {
            return Err(self.too_wide());
        }
        if self.columns.is_none() {
            self.columns = Some(header(&cells)?);
            return Ok(());
        }
        self.cells += cells.len();
        if self.cells > self.limits.cells {
            return Err(TableError::TooLarge(format!("{} cells", self.limits.cells)));
        }
        if self.rows.len() == self.limits.rows {
            return Err(TableError::TooLarge(format!("{} rows", self.limits.rows)));
        }
        cells.shrink_to_fit();
        self.rows.push(Row { number, cells });
        Ok(())
    }

    fn too_wide(&self) -> TableError {
        TableError::TooLarge(format!("{} columns", self.limits.columns))
    }

    fn finish(self) -> Result<Table, TableError> {
        let columns = self.columns.ok_or(TableError::Unreadable("it is empty"))?;
        Ok(Table { columns, rows: self.rows })
    }
}

fn header(cells: &[Cell]) -> Result<Vec<String>, TableError> {
    let mut columns = Vec::with_capacity(cells.len());
    for cell in cells {
        let name = column_name(&cell.text().unwrap_or_default());
        if !name.is_empty() && columns.contains(&name) {
            return Err(TableError::Unreadable("two columns have the same name"));
        }
        columns.push(name);
    }
    Ok(columns)
}

/// `Birth date`, `birth-date`, `BIRTH_DATE` → `birth_date`.
fn column_name(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() {
            name.extend(c.to_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    name.truncate(name.trim_end_matches('_').len());
    name
}

#[cfg(test)]
#[path = "table/tests.rs"]
mod tests;
