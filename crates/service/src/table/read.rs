//! A file into a table: what it is, what reading it takes, and the reader it is given to.

use std::{
    io::{Cursor, Read, Seek},
    panic::{AssertUnwindSafe, catch_unwind},
};

use bytes::Bytes;

use super::{Builder, Cell, Columns, Limits, List, Table, TableError, XLSX, delimited, workbook};

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
