//! XLSX: the first sheet that is not hidden, cell by cell, after its parts were inflated once just to see that they stay small.
//!
//! A workbook is a ZIP of XML, so half a megabyte can unpack to half a gigabyte, and a sheet can claim cells in
//! every corner. The reader has no bounds of its own, hence [`check`] before it, and never its dense ranges.

use std::io::{BufReader, Read, Seek};

use calamine::{
    CellErrorType, DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Style, Xlsx, XlsxError,
};
use chrono::NaiveDate;
use zip::ZipArchive;

use super::{Builder, Cell, CellError, Limits, TableError, format::NumberForm};

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

/// What a workbook comes to that was found small enough to read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Measured {
    /// All parts, inflated.
    pub(super) inflated: u64,
    /// The parts that the reader keeps: shared texts, styles.
    pub(super) kept: u64,
    /// Tags in them, each of which may be a text of its own.
    pub(super) tags: u64,
    /// Filled cells, at most.
    pub(super) cells: u64,
}

/// Inflates every part, keeping nothing, and refuses what would cost too much to read.
pub(super) fn check(file: &mut (impl Read + Seek), limits: Limits) -> Result<Measured, TableError> {
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|_| NOT_SOUND)?;
    let mut measured = Measured::default();
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
        measured.add(&name, size, inspector.finish()?);
    }
    measured.inflated = inflated;
    Ok(measured)
}

impl Measured {
    fn add(&mut self, name: &str, size: u64, tags: u64) {
        // A filled cell opens and closes itself and its value.
        if name.contains("worksheets") {
            self.cells += tags / 4;
        } else if name.ends_with(".xml") {
            self.kept += size;
            self.tags += tags;
        }
    }
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
        self.tags += chunk.iter().filter(|byte| **byte == b'<').count();
        if !self.is_sheet && self.tags > TAGS {
            return Err(TableError::TooLarge(format!("{SHARED_TEXTS} different texts in a workbook")));
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

    /// The number of its tags.
    fn finish(self) -> Result<u64, TableError> {
        self.counts_are_small(&self.tail, self.tail.len())?;
        Ok(self.tags as u64)
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

pub(super) fn read(file: impl Read + Seek, limits: Limits) -> Result<Builder, TableError> {
    let mut workbook: Xlsx<_> = Xlsx::new(BufReader::new(file)).map_err(refusal)?;
    let sheets = workbook.sheets_metadata();
    let seen = |sheet: &&calamine::Sheet| {
        sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible
    };
    let name = sheets
        .iter()
        .find(seen)
        .ok_or(TableError::Unreadable("it has no sheet that can be seen"))?
        .name
        .clone();
    let mut cells = workbook.worksheet_cells_reader(&name).map_err(refusal)?;
    let forms: Vec<NumberForm> = cells.styles().iter().map(form).collect();

    let mut builder = Builder::new(limits);
    let mut number = 0;
    let mut row = Vec::new();
    while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(refusal)? {
        let value = value(cell.get_value(), forms.get(style).unwrap_or(&NumberForm::Number));
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
    Ok(builder)
}

fn form(style: &Style) -> NumberForm {
    style.number_format.as_ref().map_or(NumberForm::Number, |format| NumberForm::parse(&format.format_code))
}

fn value(data: &DataRef<'_>, form: &NumberForm) -> Cell {
    match data {
        DataRef::Empty => Cell::Empty,
        #[expect(clippy::cast_precision_loss, reason = "beyond 15 digits it is refused anyway")]
        DataRef::Int(number) => self::number(*number as f64, form),
        DataRef::Float(number) => self::number(*number, form),
        DataRef::String(text) | DataRef::DurationIso(text) => Cell::of(text),
        DataRef::SharedString(text) => Cell::of(text),
        DataRef::Bool(value) => Cell::of(if *value { "true" } else { "false" }),
        DataRef::DateTime(instant) => date(instant, form),
        DataRef::DateTimeIso(text) => {
            let day = text.get(..10).and_then(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d").ok());
            day.map_or_else(|| Cell::of(text), Cell::Date)
        }
        DataRef::Error(error) => Cell::Fault(CellError::Error(shown(error))),
    }
}

/// A number as it is shown: that is what whoever sent the list meant.
fn number(number: f64, form: &NumberForm) -> Cell {
    if !number.is_finite() || number.abs() >= 1e15 {
        return Cell::Fault(CellError::DigitsLost);
    }
    match form {
        NumberForm::Number => Cell::Number(number),
        form => form.show(number).map_or(Cell::Fault(CellError::ShownOtherwise), |text| Cell::of(&text)),
    }
}

fn date(instant: &ExcelDateTime, form: &NumberForm) -> Cell {
    if !instant.is_datetime() {
        return number(instant.as_f64(), form);
    }
    let (year, month, day, ..) = instant.to_ymd_hms_milli();
    let date = NaiveDate::from_ymd_opt(year.into(), month.into(), day.into());
    // 29 February 1900 exists in workbooks only, and day zero is a time of no day.
    let day = date.filter(|_| instant.as_f64() >= 1.0);
    day.map_or(Cell::Fault(CellError::Date), Cell::Date)
}

fn shown(error: &CellErrorType) -> &'static str {
    match error {
        CellErrorType::Div0 => "#DIV/0!",
        CellErrorType::NA => "#N/A",
        CellErrorType::Name => "#NAME?",
        CellErrorType::Null => "#NULL!",
        CellErrorType::Num => "#NUM!",
        CellErrorType::Ref => "#REF!",
        CellErrorType::Value => "#VALUE!",
        _ => "#ERROR",
    }
}

fn refusal(error: XlsxError) -> TableError {
    match error {
        XlsxError::CellError(_) => {
            TableError::Unreadable("a cell of it holds an error that is not known here, such as #SPILL!")
        }
        XlsxError::Password => TableError::Unreadable("it is protected by a password"),
        _ => NOT_SOUND,
    }
}
