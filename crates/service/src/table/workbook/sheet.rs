//! The rows of a sheet, cell by cell as they come.

use std::io::Read;

use quick_xml::events::{BytesStart, Event};

use super::{
    NOT_SOUND, Values, Xml,
    texts::check_length,
    value::Kind,
    xml::{add_text, attribute},
};
use crate::table::{Cell, Limits, Row, TableError};

/// The last row that a sheet can have.
const LAST_ROW: u32 = 1_048_576;

/// The rows of a sheet, those without cells left out.
pub(in crate::table) struct SheetRows<R> {
    xml: Xml<R>,
    values: Values,
    limits: Limits,
    /// The number of the row before.
    number: u32,
    text: String,
    is_over: bool,
}

/// A cell as its tag begins.
struct Begun {
    column: usize,
    kind: Kind,
    style: usize,
}

impl<R: Read> SheetRows<R> {
    pub(super) fn new(xml: Xml<R>, values: Values, limits: Limits) -> Self {
        Self { xml, values, limits, number: 0, text: String::new(), is_over: false }
    }

    pub(in crate::table) fn next_row(&mut self) -> Result<Option<Row>, TableError> {
        let mut row = None::<Row>;
        let mut column = 0;
        while !self.is_over {
            let begun = match self.xml.next_event()? {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    "row" => {
                        let number = match attribute(&tag, "r")? {
                            Some(number) => number.trim().parse().map_err(|_| NOT_SOUND)?,
                            None => self.number + 1,
                        };
                        if number <= self.number || number > LAST_ROW {
                            return Err(NOT_SOUND);
                        }
                        self.number = number;
                        row = Some(Row { number, cells: Vec::new() });
                        column = 0;
                        continue;
                    }
                    "c" => Begun::read(&tag, column)?,
                    _ => continue,
                },
                Event::End(tag) => match tag.local_name().as_ref() {
                    "row" if row.is_some() => break,
                    // What stands behind the rows is of no cell; it is bounded as they are.
                    "sheetData" => {
                        self.is_over = true;
                        self.xml.pass_the_rest()?;
                        break;
                    }
                    _ => continue,
                },
                Event::Eof => {
                    self.is_over = true;
                    break;
                }
                _ => continue,
            };
            let cells = &mut row.as_mut().ok_or(NOT_SOUND)?.cells;
            column = begun.column + 1;
            let cell = self.cell(&begun)?;
            if cell.is_empty() {
                continue;
            }
            if begun.column >= self.limits.columns {
                return Err(TableError::too_wide(self.limits));
            }
            if cells.len() <= begun.column {
                cells.resize(begun.column + 1, Cell::Empty);
            }
            cells[begun.column] = cell;
        }
        Ok(row)
    }

    /// Reads to the end of a cell.
    fn cell(&mut self, begun: &Begun) -> Result<Cell, TableError> {
        self.text.clear();
        // Within the value, and within how the sounds of its signs are written.
        let (mut said, mut sounds) = (false, false);
        loop {
            match self.xml.next_event()? {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    "v" | "t" => said = true,
                    "rPh" => sounds = true,
                    "c" | "row" => return Err(NOT_SOUND),
                    _ => {}
                },
                Event::End(tag) => match tag.local_name().as_ref() {
                    "v" | "t" => said = false,
                    "rPh" => sounds = false,
                    "c" => break,
                    _ => {}
                },
                Event::Eof => return Err(NOT_SOUND),
                event if said && !sounds => {
                    add_text(&mut self.text, &event)?;
                    check_length(&self.text)?;
                }
                _ => {}
            }
        }
        self.values.cell(begun.kind, begun.style, &self.text)
    }
}

impl Begun {
    fn read(tag: &BytesStart<'_>, next: usize) -> Result<Self, TableError> {
        let mut begun = Self { column: next, kind: Kind::Number, style: 0 };
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| NOT_SOUND)?;
            match attribute.key.as_ref() {
                "r" => begun.column = column(&attribute.value)?,
                "t" => begun.kind = Kind::find(&attribute.value),
                "s" => begun.style = attribute.value.parse().map_err(|_| NOT_SOUND)?,
                _ => {}
            }
        }
        Ok(begun)
    }
}

/// The column of a cell's place: `AB12` is in the 28th.
fn column(place: &str) -> Result<usize, TableError> {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic);
    let column = letters.fold(0_usize, |column, letter| {
        let digit = usize::from(letter.to_ascii_uppercase() - b'A') + 1;
        column.saturating_mul(26).saturating_add(digit)
    });
    column.checked_sub(1).ok_or(NOT_SOUND)
}
