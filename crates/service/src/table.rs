//! Tables that people send: CSV or XLSX into rows of cells, within bounds that hold before anything is inflated.
//!
//! ```text
//! const COLUMNS: Columns = Columns::new(&[Column::required("member_number"), Column::optional("phone")]);
//!
//! let list = table::read_list(file, &media_type, limits, COLUMNS)?;      // in spawn_blocking
//! let mut report = Report::new(dry_run, &list);
//! for row in &list.rows {
//!     let mut row = list.header.reader(row);
//!     let number = row.required("member_number", |text| MemberNumber::parse(text));
//!     let phone = row.phone("phone", country);
//!     match row.finish() { … }
//! }
//! ```
//! [`Columns`] find the header and name the columns that nothing is done with, a [`RowReader`] reads a row's cells and gathers
//! whatever is wrong with them, a [`Report`] tells what became of each row.

mod cell;
mod columns;
mod dates;
mod delimited;
mod format;
mod report;
mod row;
mod workbook;

use std::{
    io::{Cursor, Read, Seek},
    panic::{AssertUnwindSafe, catch_unwind},
};

use bytes::Bytes;
use careway_kernel::text;

use crate::{Error, SharedReason};

pub use cell::{Cell, CellError, CellWarning};
pub use columns::{Column, Columns, Header, List};
pub use report::{Outcome, Report};
pub use row::{CellProblem, CellRemark, RowReader};

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
    /// Texts of the cells altogether: a workbook says a text once and shows it in every row.
    pub text_bytes: usize,
    /// A workbook's parts, all inflated.
    pub inflated_bytes: u64,
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

/// Reads a table. The media type may carry parameters; without a telling one the bytes decide.
pub fn read(bytes: Bytes, media_type: &str, limits: Limits) -> Result<Table, TableError> {
    read_table(Cursor::new(bytes), media_type, limits)
}

/// As [`read`], from a file.
pub fn read_table(file: impl Read + Seek, media_type: &str, limits: Limits) -> Result<Table, TableError> {
    read_rows(file, media_type, limits)?.into_table()
}

/// Reads a list: its header is the first of twenty rows that has all the columns it must have.
pub fn read_list(
    file: impl Read + Seek,
    media_type: &str,
    limits: Limits,
    columns: Columns,
) -> Result<List, TableError> {
    columns.list(read_rows(file, media_type, limits)?)
}

/// The memory that reading a file takes, at most, found without keeping any of it.
///
/// # Errors
/// A workbook that would unpack to too much is refused here already.
pub fn memory(file: &mut (impl Read + Seek), limits: Limits) -> Result<usize, TableError> {
    let size = size(file, limits)?;
    let (parts, cells, texts) = if starts_as_workbook(file)? {
        let measured = workbook::check(file, limits)?;
        let parts = measured.kept + measured.tags * 16;
        (parts, measured.cells, measured.inflated.saturating_mul(TEXT_RATIO))
    } else {
        // UTF-16 is decoded to up to half as much again.
        (size as u64 * 5 / 2, delimited::count_cells(file).map_err(|_| BROKEN)?, size as u64)
    };
    rewind(file)?;
    let most = |value: u64, limit: usize| usize::try_from(value).unwrap_or(limit).min(limit);
    let cells = most(cells, limits.cells);
    // What a cell takes beside its text: itself, and the allocation of the text.
    Ok(most(parts, usize::MAX)
        + cells * (size_of::<Cell>() + 16)
        + most(texts, limits.text_bytes)
        + (1 << 20))
}

/// Texts of the cells may come to so many times what the file unpacks to; lists that say a text once and show it often stay
/// far below.
const TEXT_RATIO: u64 = 16;

const BROKEN: TableError = TableError::Unreadable("it ends before its end");

fn size(file: &mut impl Seek, limits: Limits) -> Result<usize, TableError> {
    let size = file.seek(std::io::SeekFrom::End(0)).map_err(|_| BROKEN)?;
    rewind(file)?;
    let size = usize::try_from(size).ok().filter(|size| *size <= limits.bytes);
    size.ok_or_else(|| TableError::TooLarge(format!("{} MiB", limits.bytes >> 20)))
}

fn rewind(file: &mut impl Seek) -> Result<(), TableError> {
    file.rewind().map_err(|_| BROKEN)
}

fn starts_as_workbook(file: &mut (impl Read + Seek)) -> Result<bool, TableError> {
    let mut start = Vec::with_capacity(4);
    file.take(4).read_to_end(&mut start).map_err(|_| BROKEN)?;
    rewind(file)?;
    Ok(start == b"PK\x03\x04")
}

fn read_rows(
    mut file: impl Read + Seek,
    media_type: &str,
    mut limits: Limits,
) -> Result<Builder, TableError> {
    let size = size(&mut file, limits)?;
    let is_workbook = starts_as_workbook(&mut file)?;
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
            let mut bytes = Vec::with_capacity(size);
            file.read_to_end(&mut bytes).map_err(|_| BROKEN)?;
            return delimited::read(bytes, limits);
        }
        "text/csv" | "application/csv" | "text/plain" | "text/tab-separated-values" => {
            return Err(TableError::Unreadable("it is a workbook, but its media type says text"));
        }
        _ => return Err(TableError::Unreadable("its media type must be text/csv or that of XLSX")),
    }
    let measured = workbook::check(&mut file, limits)?;
    let texts = usize::try_from(measured.inflated.saturating_mul(TEXT_RATIO)).unwrap_or(usize::MAX);
    limits.text_bytes = limits.text_bytes.min(texts);
    rewind(&mut file)?;
    // Workbooks come from strangers and the reader is large: should it panic, it is the file that is refused.
    catch_unwind(AssertUnwindSafe(|| workbook::read(file, limits)))
        .unwrap_or(Err(TableError::Unreadable("it is no sound workbook")))
}

/// Puts rows together and keeps the bounds.
struct Builder {
    limits: Limits,
    rows: Vec<Row>,
    cells: usize,
    text_bytes: usize,
}

impl Builder {
    fn new(limits: Limits) -> Self {
        Self { limits, rows: Vec::new(), cells: 0, text_bytes: 0 }
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
        // The first row may be the header, and up to twenty may be titles above it.
        if !self.rows.is_empty() {
            self.cells += cells.len();
        }
        if self.cells > self.limits.cells {
            return Err(TableError::TooLarge(format!("{} cells", self.limits.cells)));
        }
        self.text_bytes += cells.iter().map(Cell::text_bytes).sum::<usize>();
        if self.text_bytes > self.limits.text_bytes {
            return Err(TableError::TooLarge(format!("{} MiB of texts", self.limits.text_bytes >> 20)));
        }
        if self.rows.len() == self.limits.rows.saturating_add(columns::HEADER_ROWS) {
            return Err(self.too_long());
        }
        cells.shrink_to_fit();
        self.rows.push(Row { number, cells });
        Ok(())
    }

    fn too_wide(&self) -> TableError {
        TableError::TooLarge(format!("{} columns", self.limits.columns))
    }

    fn too_long(&self) -> TableError {
        TableError::TooLarge(format!("{} rows", self.limits.rows))
    }

    /// The rows under the one that is the header, and the header's names.
    fn under(mut self, header: usize) -> Result<Table, TableError> {
        if self.rows.len() > self.limits.rows.saturating_add(header + 1) {
            return Err(self.too_long());
        }
        let columns = names(&self.rows.get(header).ok_or(TableError::Unreadable("it is empty"))?.cells)?;
        self.rows.drain(..=header);
        Ok(Table { columns, rows: self.rows })
    }

    fn into_table(self) -> Result<Table, TableError> {
        self.under(0)
    }
}

fn names(cells: &[Cell]) -> Result<Vec<String>, TableError> {
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

/// A name as it is compared: `Mã số BHXH` and `MA_SO_BHXH` are `masobhxh`.
fn squeezed(name: &str) -> String {
    text::fold(name).chars().filter(|char| char.is_alphanumeric()).collect()
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
mod tests;
