//! A list in a file: the rows under its header that are of somebody, one after the other or all at once.

use std::io::{Read, Seek};

use super::{
    Columns, Header, Limits, Report, Row, RowReader, Table, TableError,
    names::names,
    rows::{HEADER_ROWS, Rows, Weight},
};

/// A list that is read row by row: its header is the first of twenty rows that has all the columns it must have.
pub struct ListReader<R> {
    rows: Rows<R>,
    header: Header,
    titles: Vec<String>,
    passed_over: Vec<u32>,
    /// Rows under the header so far.
    under: usize,
    limits: Limits,
}

impl<R: Read + Seek> ListReader<R> {
    /// Opens a list and reads down to its header.
    ///
    /// # Errors
    /// What is no list, or has not the columns it must have.
    pub fn open(file: R, media_type: &str, limits: Limits, columns: Columns) -> Result<Self, TableError> {
        let mut rows = Rows::open(file, media_type, limits)?;
        let mut above: Vec<Row> = Vec::new();
        let header = loop {
            // Without a header the first row is what says which column is missing.
            let Some(row) = rows.next_row()?.filter(|_| above.len() < HEADER_ROWS) else {
                let first = above.into_iter().next().ok_or(TableError::Unreadable("it is empty"))?;
                return Err(columns.find(&names(&first.cells)?).err().unwrap_or(NO_HEADER));
            };
            if columns.is_header(&row) {
                break row;
            }
            above.push(row);
        };
        let titles = header.cells.iter().map(|cell| cell.text().unwrap_or_default()).collect();
        let header = columns.find(&names(&header.cells)?)?;
        let passed_over = above.iter().map(|row| row.number).collect();
        Ok(Self { rows, header, titles, passed_over, under: 0, limits })
    }

    /// Where its columns are.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The titles of its columns, as the file has them.
    #[must_use]
    pub fn titles(&self) -> &[String] {
        &self.titles
    }

    /// The numbers of rows so far that are of nobody: titles, the columns' numbers, totals.
    #[must_use]
    pub fn passed_over(&self) -> &[u32] {
        &self.passed_over
    }

    /// The next row that is of somebody.
    ///
    /// # Errors
    /// Where the file is broken, or over a limit.
    pub fn next_row(&mut self) -> Result<Option<Row>, TableError> {
        while let Some(row) = self.rows.next_row()? {
            self.under += 1;
            if self.under > self.limits.rows {
                return Err(TableError::too_long(self.limits));
            }
            let numbering = self.under == 1 && row.numbers_the_columns();
            if !numbering && !self.header.is_total(&row) {
                return Ok(Some(row));
            }
            self.passed_over.push(row.number);
        }
        Ok(None)
    }
}

const NO_HEADER: TableError = TableError::Unreadable("it has no header");

/// A list as it was read: where its columns are, and the rows that are not above, below or about them.
#[derive(Debug, Clone, PartialEq)]
pub struct List {
    /// Where its columns are.
    pub header: Header,
    /// Its rows.
    pub rows: Vec<Row>,
    /// The numbers of rows that are of nobody: titles, the columns' numbers, totals.
    pub passed_over: Vec<u32>,
}

impl List {
    /// The list that a table is, whose first row is the header.
    ///
    /// # Errors
    /// A column that must be there and is not.
    pub fn of(table: Table, columns: Columns) -> Result<Self, TableError> {
        Ok(Self { header: columns.find(&table.columns)?, rows: table.rows, passed_over: Vec::new() })
    }

    /// Begins the report on it.
    #[must_use]
    pub fn report(&self, dry_run: bool) -> Report {
        let mut report = Report::of(dry_run, &self.header);
        report.passed_over.clone_from(&self.passed_over);
        report
    }

    /// Reads every row by itself. What `read` gives of a row is kept unless something was found wrong with it; a row of
    /// which it gives nothing is rejected.
    pub fn read<T>(
        &self,
        dry_run: bool,
        mut read: impl FnMut(&mut RowReader<'_>) -> Option<T>,
    ) -> (Vec<T>, Report) {
        let mut report = self.report(dry_run);
        let mut kept = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            let mut reader = self.header.reader(row);
            let value = read(&mut reader);
            if value.is_none() && reader.is_sound() {
                reader.reject("", "INVALID", "cannot be read");
            }
            let (problems, remarks) = reader.finish();
            match value.filter(|_| problems.is_empty()) {
                Some(value) => {
                    kept.push(value);
                    report.remark(remarks);
                }
                None => report.reject(problems),
            }
        }
        (kept, report)
    }
}

/// Reads a whole list.
///
/// # Errors
/// What is no list, or a file over a limit.
pub fn read_list(
    file: impl Read + Seek,
    media_type: &str,
    limits: Limits,
    columns: Columns,
) -> Result<List, TableError> {
    let mut reader = ListReader::open(file, media_type, limits, columns)?;
    let (mut rows, mut weight) = (Vec::new(), Weight::default());
    while let Some(row) = reader.next_row()? {
        rows.push(kept(row, &mut weight, limits)?);
    }
    Ok(List { header: reader.header, rows, passed_over: reader.passed_over })
}

fn kept(mut row: Row, weight: &mut Weight, limits: Limits) -> Result<Row, TableError> {
    weight.add(&row);
    weight.check(limits)?;
    row.cells.shrink_to_fit();
    Ok(row)
}
