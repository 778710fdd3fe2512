//! The rows of a file, one after the other, in memory that does not grow with the file.

use std::io::{Read, Seek, SeekFrom};

use super::{Cell, Limits, Row, TableError, XLSX, delimited::Records, workbook::SheetRows};

/// The header is one of so many rows from the top; above it may be titles.
pub(super) const HEADER_ROWS: usize = 20;
/// Memory that reading a text takes, beside what is kept of it.
const TEXT_READER: usize = 1 << 20;
/// Memory that reading a workbook takes, beside what is kept of it.
const WORKBOOK_READER: usize = 6 << 20;

const BROKEN: TableError = TableError::Unreadable("it ends before its end");

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    Text,
    Workbook,
}

/// The rows of a file. Blank ones are left out.
pub struct Rows<R> {
    source: Source<R>,
    limits: Limits,
    given: usize,
}

enum Source<R> {
    Text(Records<R>),
    Workbook(Box<SheetRows<R>>),
}

impl<R: Read + Seek> Rows<R> {
    /// Opens a file. The media type may carry parameters; without a telling one the bytes decide.
    ///
    /// # Errors
    /// What is no table, or no sound one; a file over its limit.
    pub fn open(mut file: R, media_type: &str, limits: Limits) -> Result<Self, TableError> {
        let kind = FileKind::find(&mut file)?.said(media_type)?;
        Self::open_as(file, kind, limits)
    }

    pub(super) fn open_as(mut file: R, kind: FileKind, limits: Limits) -> Result<Self, TableError> {
        checked_size(&mut file, limits)?;
        let source = match kind {
            FileKind::Text => Source::Text(Records::open(file, limits)?),
            FileKind::Workbook => Source::Workbook(Box::new(SheetRows::open(file, limits)?)),
        };
        Ok(Self { source, limits, given: 0 })
    }

    /// The next row that is not blank.
    ///
    /// # Errors
    /// Where the file is broken, or over a limit.
    pub fn next_row(&mut self) -> Result<Option<Row>, TableError> {
        while let Some(mut row) = self.source.next_row()? {
            let filled = row.cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
            row.cells.truncate(filled);
            if row.cells.is_empty() {
                continue;
            }
            if row.cells.len() > self.limits.columns {
                return Err(TableError::too_wide(self.limits));
            }
            if self.given == self.limits.rows.saturating_add(HEADER_ROWS) {
                return Err(TableError::too_long(self.limits));
            }
            self.given += 1;
            return Ok(Some(row));
        }
        Ok(None)
    }
}

impl<R: Read> Source<R> {
    fn next_row(&mut self) -> Result<Option<Row>, TableError> {
        match self {
            Self::Text(records) => records.next_row(),
            Self::Workbook(rows) => rows.next_row(),
        }
    }
}

impl FileKind {
    /// What a file is by its first bytes.
    pub(super) fn find(file: &mut (impl Read + Seek)) -> Result<Self, TableError> {
        file.rewind().map_err(|_| BROKEN)?;
        let mut start = Vec::with_capacity(4);
        file.take(4).read_to_end(&mut start).map_err(|_| BROKEN)?;
        Ok(if start == b"PK\x03\x04" { Self::Workbook } else { Self::Text })
    }

    /// The same, if that is what it is said to be.
    fn said(self, media_type: &str) -> Result<Self, TableError> {
        let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match (media_type.as_str(), self) {
            ("" | "application/octet-stream", kind) => Ok(kind),
            (XLSX, Self::Workbook) => Ok(self),
            (XLSX, Self::Text) => Err(TableError::Unreadable("it is no XLSX workbook")),
            ("text/csv" | "application/csv" | "text/plain" | "text/tab-separated-values", Self::Text) => {
                Ok(self)
            }
            ("text/csv" | "application/csv" | "text/plain" | "text/tab-separated-values", Self::Workbook) => {
                Err(TableError::Unreadable("it is a workbook, but its media type says text"))
            }
            _ => Err(TableError::Unreadable("its media type must be text/csv or that of XLSX")),
        }
    }

    fn reader_memory(self) -> usize {
        match self {
            Self::Text => TEXT_READER,
            Self::Workbook => WORKBOOK_READER,
        }
    }
}

/// What rows weigh that are kept.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Weight {
    cells: usize,
    text_bytes: usize,
}

impl Weight {
    pub(super) fn add(&mut self, row: &Row) {
        self.cells += row.cells.len();
        self.text_bytes += row.cells.iter().map(Cell::text_bytes).sum::<usize>();
    }

    pub(super) fn check(self, limits: Limits) -> Result<(), TableError> {
        if self.cells > limits.cells {
            return Err(TableError::TooLarge(format!("{} cells", limits.cells)));
        }
        if self.text_bytes > limits.text_bytes {
            return Err(TableError::TooLarge(format!("{} MiB of texts", limits.text_bytes >> 20)));
        }
        Ok(())
    }
}

/// The memory that a file takes when all its rows are kept, at most: found by going through it once and keeping none of it.
///
/// # Errors
/// A workbook that reading would refuse; a file that is too large.
pub fn memory(file: &mut (impl Read + Seek), limits: Limits) -> Result<usize, TableError> {
    let kind = FileKind::find(file)?;
    let weight = match kind {
        FileKind::Text => weight_of_text(file, limits)?,
        FileKind::Workbook => weight_of_workbook(&mut *file, limits)?,
    };
    file.rewind().map_err(|_| BROKEN)?;
    // What a cell takes beside its text: itself, and the allocation of the text.
    let cells = weight.cells.min(limits.cells) * (size_of::<Cell>() + 16);
    Ok(kind.reader_memory() + cells + weight.text_bytes.min(limits.text_bytes))
}

/// A workbook says a text once and shows it often: only its rows tell.
fn weight_of_workbook(file: impl Read + Seek, limits: Limits) -> Result<Weight, TableError> {
    let mut weight = Weight::default();
    let mut rows = Rows::open_as(file, FileKind::Workbook, limits)?;
    while let Some(row) = rows.next_row()? {
        weight.add(&row);
        if weight.check(limits).is_err() {
            break;
        }
    }
    Ok(weight)
}

/// A text, which may be no CSV, has at most a cell before each separator and each end of a line.
fn weight_of_text(file: &mut (impl Read + Seek), limits: Limits) -> Result<Weight, TableError> {
    let size = checked_size(file, limits)?;
    let ends = |byte: &u8| matches!(byte, b',' | b';' | b'\t' | b'|' | b'\n' | b'\r');
    let (mut chunk, mut cells) = (vec![0; 64 << 10], 1);
    loop {
        match file.read(&mut chunk).map_err(|_| BROKEN)? {
            // UTF-16 is decoded to up to half as much again.
            0 => return Ok(Weight { cells, text_bytes: size * 3 / 2 }),
            read => cells += chunk[..read].iter().filter(|byte| ends(byte)).count(),
        }
    }
}

/// The size of a file, which then stands at its beginning.
fn checked_size(file: &mut impl Seek, limits: Limits) -> Result<usize, TableError> {
    let size = file.seek(SeekFrom::End(0)).map_err(|_| BROKEN)?;
    file.rewind().map_err(|_| BROKEN)?;
    let size = usize::try_from(size).ok().filter(|size| *size <= limits.bytes);
    size.ok_or_else(|| TableError::TooLarge(format!("{} MiB", limits.bytes >> 20)))
}
