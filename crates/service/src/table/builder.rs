//! Rows put together to a table, within its bounds.

use super::{Cell, Limits, Row, Table, TableError, names::names};

/// The header is one of so many rows from the top; above it may be titles.
pub(super) const HEADER_ROWS: usize = 20;

/// Puts rows together and keeps the bounds.
pub(super) struct Builder {
    limits: Limits,
    pub(super) rows: Vec<Row>,
    cells: usize,
    text_bytes: usize,
}

impl Builder {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, rows: Vec::new(), cells: 0, text_bytes: 0 }
    }

    pub(super) fn push(&mut self, number: u32, mut cells: Vec<Cell>) -> Result<(), TableError> {
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
        if self.rows.len() == self.limits.rows.saturating_add(HEADER_ROWS) {
            return Err(self.too_long());
        }
        cells.shrink_to_fit();
        self.rows.push(Row { number, cells });
        Ok(())
    }

    pub(super) fn too_wide(&self) -> TableError {
        TableError::TooLarge(format!("{} columns", self.limits.columns))
    }

    fn too_long(&self) -> TableError {
        TableError::TooLarge(format!("{} rows", self.limits.rows))
    }

    /// The rows under the one that is the header, and the header's names.
    pub(super) fn under(mut self, header: usize) -> Result<Table, TableError> {
        if self.rows.len() > self.limits.rows.saturating_add(header + 1) {
            return Err(self.too_long());
        }
        let columns = names(&self.rows.get(header).ok_or(TableError::Unreadable("it is empty"))?.cells)?;
        self.rows.drain(..=header);
        Ok(Table { columns, rows: self.rows })
    }

    pub(super) fn into_table(self) -> Result<Table, TableError> {
        self.under(0)
    }
}
