//! Workbooks that people download: XLSX, written as its rows come and given out while it grows.
//!
//! ```text
//! const HEADINGS: &[Heading] = &[Heading::new("Mã số BHXH", 14), Heading::new("Họ và tên", 28)];
//!
//! let rows = pages.map_ok(|page| page.into_iter().map(|it| vec![Value::text(&it.number), Value::text(&it.name)]).collect());
//! let pieces = workbook::stream("Participants", HEADINGS, rows);
//! ```
//! A code or a phone number is a text and stays one; a date is a date; nothing is a formula, whatever it begins with. Memory
//! does not grow with the rows: the ZIP is written front to back, and texts stand in their cells.

mod parts;
mod pieces;
mod value;

use std::{
    fmt::Write as _,
    io::{self, Write},
};

use zip::{
    ZipWriter,
    write::{SimpleFileOptions, StreamWriter},
};

use value::Style;

pub use pieces::{download, stream};
pub use value::Value;

/// The last row that a sheet can have.
const LAST_ROW: u32 = 1_048_576;
/// Bytes of rows that are gathered before they are packed.
const GATHERED: usize = 32 << 10;
/// How well the parts are packed: the fastest, since the rest of a list is names and numbers.
const LEVEL: i64 = 1;

/// The heading of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// What it says.
    pub title: String,
    /// How wide the column is, in characters.
    pub width: u16,
}

impl Heading {
    /// A column of this title and width.
    #[must_use]
    pub fn new(title: impl Into<String>, width: u16) -> Self {
        Self { title: title.into(), width }
    }
}

/// A workbook that is being written. Rows beyond what a sheet can have go on in a further sheet, under the same headings.
pub struct Workbook<W: Write> {
    zip: ZipWriter<StreamWriter<W>>,
    name: String,
    headings: Vec<Heading>,
    /// The letters of each column.
    letters: Vec<String>,
    sheets: u32,
    /// Rows of this sheet so far.
    rows: u32,
    last_row: u32,
    gathered: String,
}

impl<W: Write> Workbook<W> {
    /// Begins a workbook whose sheets have this name, a further one with its number behind it.
    ///
    /// # Errors
    /// What writing says.
    pub fn begin(to: W, name: &str, headings: &[Heading]) -> io::Result<Self> {
        Self::begin_with(to, name, headings, LAST_ROW)
    }

    fn begin_with(to: W, name: &str, headings: &[Heading], last_row: u32) -> io::Result<Self> {
        let mut workbook = Self {
            zip: ZipWriter::new_stream(to),
            name: name.to_owned(),
            headings: headings.to_vec(),
            letters: (0..headings.len()).map(letters).collect(),
            sheets: 0,
            rows: 0,
            last_row,
            gathered: String::with_capacity(GATHERED * 2),
        };
        workbook.part("[Content_Types].xml", parts::CONTENT_TYPES)?;
        workbook.part("_rels/.rels", parts::PACKAGE)?;
        workbook.part("xl/styles.xml", parts::STYLES)?;
        workbook.begin_sheet()?;
        Ok(workbook)
    }

    /// Adds a row; a value for each column.
    ///
    /// # Errors
    /// What writing says.
    pub fn row(&mut self, values: &[Value]) -> io::Result<()> {
        if self.rows == self.last_row {
            self.end_sheet()?;
            self.begin_sheet()?;
        }
        self.write_row(|line, place| {
            for (letters, value) in place.0.iter().zip(values) {
                value.write(line, letters, place.1);
            }
        })
    }

    /// Ends the workbook.
    ///
    /// # Errors
    /// What writing says.
    pub fn finish(mut self) -> io::Result<W> {
        self.end_sheet()?;
        self.part("xl/workbook.xml", &parts::workbook(&self.name, self.sheets))?;
        self.part("xl/_rels/workbook.xml.rels", &parts::relations(self.sheets))?;
        Ok(self.zip.finish()?.into_inner())
    }

    fn begin_sheet(&mut self) -> io::Result<()> {
        self.sheets += 1;
        self.rows = 0;
        self.zip.start_file(format!("xl/worksheets/sheet{}.xml", self.sheets), options())?;
        self.gathered.push_str(&parts::sheet_head(&self.headings));
        let titles: Vec<String> = self.headings.iter().map(|heading| heading.title.clone()).collect();
        self.write_row(|line, place| {
            for (letters, title) in place.0.iter().zip(&titles) {
                value::write_text(line, title, Style::Heading, letters, place.1);
            }
        })
    }

    fn end_sheet(&mut self) -> io::Result<()> {
        self.gathered.push_str(parts::SHEET_END);
        self.pack()
    }

    /// Writes a row of which `cells` gives the cells, by the letters of the columns and the row's number.
    fn write_row(&mut self, cells: impl FnOnce(&mut String, (&[String], u32))) -> io::Result<()> {
        self.rows += 1;
        // Writing to a text cannot fail.
        let _ = write!(self.gathered, "<row r=\"{}\">", self.rows);
        cells(&mut self.gathered, (&self.letters, self.rows));
        self.gathered.push_str("</row>");
        if self.gathered.len() < GATHERED { Ok(()) } else { self.pack() }
    }

    fn pack(&mut self) -> io::Result<()> {
        self.zip.write_all(self.gathered.as_bytes())?;
        self.gathered.clear();
        Ok(())
    }

    fn part(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.zip.start_file(name, options())?;
        self.zip.write_all(text.as_bytes())
    }
}

fn options() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_level(Some(LEVEL))
}

/// The letters of a column: A to Z, then AA.
fn letters(column: usize) -> String {
    let (mut letters, mut left) = (Vec::new(), column + 1);
    while left > 0 {
        letters.push(char::from(b'A' + u8::try_from((left - 1) % 26).unwrap_or(0)));
        left = (left - 1) / 26;
    }
    letters.into_iter().rev().collect()
}

#[cfg(test)]
mod tests;
