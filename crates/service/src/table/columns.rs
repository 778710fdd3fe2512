//! The columns of a list: what each may be called, where it is, and what the list has that nothing is done with.

use careway_kernel::text;

use super::{Cell, Row, TableError, names::squeezed};

/// Characters of an unknown column's name that a report tells.
const SHOWN: usize = 60;
/// What a row begins with that adds up the others.
const TOTALS: [&str; 14] = [
    "total",
    "totals",
    "grand total",
    "sum",
    "totaux",
    "somme",
    "tong",
    "tong cong",
    "tong so",
    "cong",
    "suma",
    "total general",
    "মোট",
    "byose hamwe",
];

/// One column that a list may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name in reports, like `member_number`.
    pub name: &'static str,
    /// What else it may be called; case, diacritics and signs do not matter.
    pub titles: &'static [&'static str],
    /// Whether a list must have it.
    pub required: bool,
}

impl Column {
    /// One that a list must have.
    #[must_use]
    pub const fn required(name: &'static str) -> Self {
        Self { name, titles: &[], required: true }
    }

    /// One that it may have.
    #[must_use]
    pub const fn optional(name: &'static str) -> Self {
        Self { name, titles: &[], required: false }
    }

    /// The same, with further titles.
    #[must_use]
    pub const fn titled(self, titles: &'static [&'static str]) -> Self {
        Self { titles, ..self }
    }

    fn is_called(&self, title: &str) -> bool {
        squeezed(self.name) == title || self.titles.iter().any(|known| squeezed(known) == title)
    }
}

/// The columns of one kind of list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns(&'static [Column]);

impl Columns {
    /// These.
    #[must_use]
    pub const fn new(columns: &'static [Column]) -> Self {
        Self(columns)
    }

    /// Where they are among a table's columns.
    ///
    /// # Errors
    /// The first that must be there and is not.
    pub(super) fn find(self, columns: &[String]) -> Result<Header, TableError> {
        let titles: Vec<String> = columns.iter().map(|name| squeezed(name)).collect();
        let at: Vec<Option<usize>> = self.0.iter().map(|column| position(column, &titles)).collect();
        let missing = self.0.iter().zip(&at).find(|(column, at)| column.required && at.is_none());
        if let Some((column, _)) = missing {
            return Err(TableError::ColumnMissing(column.name));
        }
        let unused = |(index, name): (usize, &String)| {
            let used = at.contains(&Some(index)) || name.is_empty();
            (!used).then(|| name.chars().take(SHOWN).collect())
        };
        let unknown = columns.iter().enumerate().filter_map(unused).collect();
        Ok(Header { columns: self, at, width: columns.len(), unknown })
    }

    /// Whether a row names all that must be there.
    pub(super) fn is_header(self, row: &Row) -> bool {
        let titles: Vec<String> =
            row.cells.iter().map(|cell| squeezed(&cell.text().unwrap_or_default())).collect();
        self.0.iter().filter(|column| column.required).all(|column| position(column, &titles).is_some())
    }
}

/// Where the columns of a table are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    columns: Columns,
    at: Vec<Option<usize>>,
    width: usize,
    unknown: Vec<String>,
}

impl Header {
    /// The columns that nothing is done with, by their names in lower case, `_` for whatever is between words.
    #[must_use]
    pub fn unknown(&self) -> &[String] {
        &self.unknown
    }

    /// Where a column is; none when the table has no such column.
    #[must_use]
    pub fn position(&self, column: &str) -> Option<usize> {
        self.at[self.columns.0.iter().position(|known| known.name == column)?]
    }

    /// A row's cell in a column; empty when the table has no such column.
    #[must_use]
    pub fn cell<'a>(&self, row: &'a Row, column: &str) -> &'a Cell {
        let index = self.columns.0.iter().position(|known| known.name == column);
        debug_assert!(index.is_some(), "{column} is no column of this list");
        row.cell(index.and_then(|index| self.at[index]))
    }

    /// Whether a row has cells beyond the columns.
    pub(super) fn is_narrower_than(&self, row: &Row) -> bool {
        row.cells.len() > self.width
    }

    /// Whether a row adds up the others: it begins with such a word, and has not all that a row must have.
    pub(super) fn is_total(&self, row: &Row) -> bool {
        let mut required = self.columns.0.iter().zip(&self.at).filter(|(column, _)| column.required);
        if !required.any(|(_, at)| row.cell(*at).is_empty()) {
            return false;
        }
        let first = row.cells.iter().find(|cell| !cell.is_empty());
        let Some(Cell::Text(first)) = first else { return false };
        TOTALS.contains(&text::fold(first).trim_end_matches([':', ' ', '.']))
    }
}

fn position(column: &Column, titles: &[String]) -> Option<usize> {
    titles.iter().position(|title| !title.is_empty() && column.is_called(title))
}

impl Row {
    /// Whether it has its columns' numbers in it: 1, 2, 3, or (1), (2), (3).
    pub(super) fn numbers_the_columns(&self) -> bool {
        let says = |(index, cell): (usize, &Cell)| {
            let text = cell.text().unwrap_or_default();
            text.trim_matches(['(', ')', '[', ']']) == (index + 1).to_string()
        };
        self.cells.len() >= 3 && self.cells.iter().enumerate().all(says)
    }
}
