//! XLSX: the first sheet, cell by cell, after its parts were inflated once just to see that they stay small.
//!
//! A workbook is a ZIP of XML, so half a megabyte can unpack to half a gigabyte, and a sheet can claim cells in
//! every corner. The reader has no bounds of its own, hence [`check`] before it, and never its dense ranges.

use std::io::{Cursor, Read};

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, Xlsx, XlsxError};
use chrono::NaiveDate;
use zip::ZipArchive;

use super::{Builder, Cell, Limits, Table, TableError};

const ENTRIES: usize = 200;
/// Inflated to compressed; XML of real lists stays below 30.
const RATIO: u64 = 100;
/// Small parts may compress better than [`RATIO`]: they cannot do harm.
const SMALL: u64 = 1 << 20;
/// Tags in the parts that are not sheets (styles, shared texts): each may cost the reader an allocation.
const TAGS: usize = 6_000_000;
/// What the shared texts may say they are: the reader believes it and reserves memory for so many.
const SHARED_TEXTS: u64 = 3_000_000;

const NOT_SOUND: TableError = TableError::Unreadable("it is no sound workbook");

/// Inflates every part, keeping nothing, and refuses what would cost too much to read.
pub(super) fn check(bytes: &[u8], limits: Limits) -> Result<(), TableError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| NOT_SOUND)?;
    if archive.len() > ENTRIES {
        return Err(TableError::TooLarge(format!("{ENTRIES} parts in a workbook")));
    }
    let mut inflated = 0_u64;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(|_| NOT_SOUND)?;
        let name = part.name().map_err(|_| NOT_SOUND)?.to_ascii_lowercase();
        let packed = part.compressed_size().max(1);
        let mut inspector = Inspector::new(&name);
        let mut size = 0_u64;
        let mut chunk = vec![0; 64 << 10];
        loop {
            // The sizes a ZIP declares may lie: only what comes out counts.
            let read = part.read(&mut chunk).map_err(|_| NOT_SOUND)?;
            if read == 0 {
                break;
            }
            size += read as u64;
            inflated += read as u64;
            if inflated > limits.inflated_bytes {
                return Err(TableError::TooLarge(format!("{} MiB unpacked", limits.inflated_bytes >> 20)));
            }
            if size > SMALL && size / packed > RATIO {
                return Err(TableError::TooLarge(format!("{RATIO} times its size, unpacked")));
            }
            inspector.look(&chunk[..read])?;
        }
        inspector.finish()?;
    }
    Ok(())
}

/// Looks at one part's bytes as they come by.
struct Inspector {
    is_sheet: bool,
    is_shared_texts: bool,
    tags: usize,
    /// The end of the bytes seen so far, so that nothing hides across two chunks.
    tail: Vec<u8>,
    first: bool,
}

impl Inspector {
    const TAIL: usize = 64;
    const COUNT: &'static [u8] = b"uniqueCount";

    fn new(name: &str) -> Self {
        let is_shared_texts = name.ends_with("sharedstrings.xml");
        Self {
            is_sheet: name.contains("worksheets"),
            is_shared_texts,
            tags: 0,
            tail: Vec::new(),
            first: true,
        }
    }

    fn look(&mut self, chunk: &[u8]) -> Result<(), TableError> {
        if !self.is_sheet {
            self.tags += chunk.iter().filter(|byte| **byte == b'<').count();
            if self.tags > TAGS {
                return Err(TableError::TooLarge(format!("{SHARED_TEXTS} different texts in a workbook")));
            }
        }
        if self.is_shared_texts {
            // In another encoding the count below would not be seen.
            if chunk.contains(&0) || (std::mem::take(&mut self.first) && !says_utf8(chunk)) {
                return Err(TableError::Unreadable("its texts are not UTF-8"));
            }
            let mut window = std::mem::take(&mut self.tail);
            window.extend_from_slice(chunk);
            let settled = window.len().saturating_sub(Self::TAIL);
            self.counts_are_small(&window, settled)?;
            self.tail = window.split_off(settled);
        }
        Ok(())
    }

    fn finish(self) -> Result<(), TableError> {
        self.counts_are_small(&self.tail, self.tail.len())
    }

    /// Checks each `uniqueCount="…"` that begins before `end`.
    fn counts_are_small(&self, window: &[u8], end: usize) -> Result<(), TableError> {
        let starts = window.windows(Self::COUNT.len()).enumerate();
        for (start, _) in starts.filter(|(start, found)| *start < end && *found == Self::COUNT) {
            let after = &window[start + Self::COUNT.len()..];
            let digits: Vec<u8> = after
                .iter()
                .skip_while(|byte| matches!(byte, b'=' | b'"' | b'\'' | b' '))
                .take_while(|byte| byte.is_ascii_digit())
                .copied()
                .collect();
            let count = std::str::from_utf8(&digits).ok().and_then(|digits| digits.parse::<u64>().ok());
            if count.is_none_or(|count| count > SHARED_TEXTS) {
                return Err(TableError::TooLarge(format!("{SHARED_TEXTS} different texts in a workbook")));
            }
        }
        Ok(())
    }
}

/// Whether a part's XML declaration, if there is one, names UTF-8 or nothing.
fn says_utf8(head: &[u8]) -> bool {
    let head = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head);
    if !head.starts_with(b"<?xml") {
        return true;
    }
    let declaration = &head[..head.len().min(256)];
    let Some(end) = declaration.windows(2).position(|pair| pair == b"?>") else { return false };
    let declaration = String::from_utf8_lossy(&declaration[..end]).to_ascii_lowercase();
    !declaration.contains("encoding") || declaration.contains("utf-8") || declaration.contains("us-ascii")
}

pub(super) fn read(bytes: &[u8], limits: Limits) -> Result<Table, TableError> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(refusal)?;
    let sheets = workbook.sheets_metadata();
    let first = sheets.iter().find(|sheet| sheet.typ == SheetType::WorkSheet);
    let name = first.ok_or(TableError::Unreadable("it has no sheet"))?.name.clone();
    let mut cells = workbook.worksheet_cells_reader(&name).map_err(refusal)?;

    let mut builder = Builder::new(limits);
    let mut number = 0;
    let mut row = Vec::new();
    while let Some(cell) = cells.next_cell().map_err(refusal)? {
        let value = value(cell.get_value());
        if value.is_empty() {
            continue;
        }
        let (at_row, at_column) = cell.get_position();
        if at_row < number {
            return Err(NOT_SOUND);
        }
        if at_row > number {
            builder.push(number + 1, std::mem::take(&mut row))?;
            number = at_row;
        }
        let at_column = at_column as usize;
        if at_column >= limits.columns {
            return Err(builder.too_wide());
        }
        if row.len() <= at_column {
            row.resize(at_column + 1, Cell::Empty);
        }
        row[at_column] = value;
    }
    builder.push(number + 1, row)?;
    builder.finish()
}

fn value(data: &DataRef<'_>) -> Cell {
    match data {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(number) => Cell::of(&number.to_string()),
        DataRef::Float(number) => self::number(*number),
        DataRef::String(text) | DataRef::DurationIso(text) => Cell::of(text),
        DataRef::SharedString(text) => Cell::of(text),
        DataRef::Bool(value) => Cell::of(if *value { "true" } else { "false" }),
        DataRef::DateTime(instant) => date(instant),
        DataRef::DateTimeIso(text) => {
            let day = text.get(..10).and_then(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d").ok());
            day.map_or_else(|| Cell::of(text), Cell::Date)
        }
        DataRef::Error(error) => Cell::of(&error.to_string()),
    }
}

/// A member number typed as a number is still that number: `451`, not `451.0`.
fn number(number: f64) -> Cell {
    if number.abs() >= 1e15 { Cell::Inexact } else { Cell::of(&number.to_string()) }
}

fn date(instant: &ExcelDateTime) -> Cell {
    if !instant.is_datetime() {
        return number(instant.as_f64());
    }
    let (year, month, day, ..) = instant.to_ymd_hms_milli();
    let date = NaiveDate::from_ymd_opt(year.into(), month.into(), day.into());
    // 29 February 1900 exists in workbooks only.
    date.map_or_else(|| number(instant.as_f64()), Cell::Date)
}

fn refusal(error: XlsxError) -> TableError {
    match error {
        XlsxError::Password => TableError::Unreadable("it is protected by a password"),
        _ => NOT_SOUND,
    }
}
