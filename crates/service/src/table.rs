//! Tables that people send: CSV or XLSX into rows of cells, within bounds that hold while they are read.
//!
//! ```text
//! const COLUMNS: Columns = Columns::new(&[Column::required("member_number"), Column::optional("phone")]);
//!
//! let list = table::read_list(file, &media_type, limits, COLUMNS)?;            // in spawn_blocking
//! let (people, report) = list.read(dry_run, |row| {
//!     let number = row.required("member_number", MemberNumber::parse);
//!     let phone = row.mobile("phone", country);
//!     Some(Person { number: number?, phone: phone? })
//! });
//! ```
//! A list too large to be kept is read row by row by a [`ListReader`], whose memory does not grow with the file. [`Columns`] find the header and name the columns that nothing is done with, a [`RowReader`] reads a row's cells and gathers
//! whatever is wrong with them, a [`Report`] tells what became of each row.

mod cell;
mod cell_error;
mod columns;
mod dates;
mod delimited;
mod list;
mod names;
mod report;
mod row;
mod rows;
mod workbook;

use crate::{Error, SharedReason};
use names::squeezed;

pub use cell::Cell;
pub use cell_error::{CellError, CellWarning};
pub use columns::{Column, Columns, Header};
pub use list::{List, ListReader, read_list};
pub use report::{Outcome, Report, RowReport};
pub use row::{CellProblem, CellRemark, RowReader};
pub use rows::{Rows, memory};

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
    /// Filled cells altogether, when all of them are kept: what bounds the memory.
    pub cells: usize,
    /// Texts of the cells altogether, when all of them are kept: a workbook says a text once and shows it in every row.
    pub text_bytes: usize,
    /// A part of a workbook, inflated.
    pub inflated_bytes: u64,
}

impl Limits {
    /// A list as large as a sheet can be, which is read row by row.
    pub const SHEET: Self = Self {
        bytes: 256 << 20,
        rows: 1_048_575,
        columns: 64,
        cells: 64 * 1_048_575,
        text_bytes: usize::MAX,
        inflated_bytes: 4 << 30,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 10 << 20,
            rows: 200_000,
            columns: 64,
            cells: 3_000_000,
            text_bytes: 64 << 20,
            inflated_bytes: 128 << 20,
        }
    }
}

/// A table as it was read; its first row is its header. Blank rows are left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The columns' names as the header gives them: lower case, `_` for whatever is between words.
    pub columns: Vec<String>,
    /// The rows under it.
    pub rows: Vec<Row>,
}

impl Table {
    /// Where the column of this name is; case, diacritics, spaces, `-` and `_` do not matter: `memberNumber` is
    /// `member_number` is `Member number`.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
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

/// Why a file is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// Over one of the [`Limits`].
    #[error("the list is too large: at most {0}")]
    TooLarge(String),
    /// Neither CSV nor XLSX, or broken.
    #[error("the list cannot be read: {0}")]
    Unreadable(&'static str),
    /// What stands behind an open quote belongs to other rows, and nobody can say where they begin.
    #[error("the list cannot be read: in row {0} a quote is opened that is not closed where its cell ends")]
    OpenQuote(u32),
    /// It has not this column.
    #[error("The list has no column {0}.")]
    ColumnMissing(&'static str),
}

impl TableError {
    fn too_wide(limits: Limits) -> Self {
        Self::TooLarge(format!("{} columns", limits.columns))
    }

    fn too_long(limits: Limits) -> Self {
        Self::TooLarge(format!("{} rows", limits.rows))
    }
}

impl From<TableError> for Error {
    fn from(error: TableError) -> Self {
        let reason = match error {
            TableError::TooLarge(_) => SharedReason::FileTooLarge,
            TableError::Unreadable(_) | TableError::OpenQuote(_) => SharedReason::FileUnreadable,
            TableError::ColumnMissing(_) => SharedReason::ColumnMissing,
        };
        let refused = Self::new(reason, error.to_string());
        match error {
            TableError::OpenQuote(row) => refused.with("row", row),
            TableError::ColumnMissing(column) => refused.with("column", column),
            _ => refused,
        }
    }
}

#[cfg(test)]
mod tests;
