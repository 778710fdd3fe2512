//! XLSX: the rows of the first sheet that is not hidden, read as they come out of the ZIP.
//!
//! A workbook is a ZIP of XML, so half a megabyte can unpack to half a gigabyte, a directory can claim millions of parts, a
//! sheet cells in every corner, and the shared texts to be many. Nothing here believes a claim: parts are found within bounds
//! ([`archive`]), bytes are counted as they come out ([`inflated`]), and texts that are many lie in a file ([`texts`]).

mod archive;
mod escapes;
mod format;
mod inflated;
mod layout;
mod sheet;
mod styles;
mod texts;
mod value;
mod xml;

use std::io::{Read, Seek};

use super::{Limits, TableError};
use archive::Archive;
use inflated::Inflated;
use layout::Layout;
use styles::Styles;
use texts::Texts;
use value::Values;
use xml::Xml;

pub(super) use sheet::SheetRows;

const NOT_SOUND: TableError = TableError::Unreadable("it is no sound workbook");

impl<R: Read + Seek> SheetRows<R> {
    /// Opens the first sheet that can be seen.
    pub(super) fn open(file: R, limits: Limits) -> Result<Self, TableError> {
        let mut archive = Archive::open(file, limits)?;
        let layout = Layout::read(&mut archive)?;
        let styles = match archive.part(&layout.styles)? {
            Some(part) => Styles::read(Xml::new(part))?,
            None => Styles::default(),
        };
        let texts = match archive.part(&layout.texts)? {
            Some(part) => Texts::read(Xml::new(part))?,
            None => Texts::new(),
        };
        let values = Values { styles, texts, from_1904: layout.from_1904 };
        let sheet = archive.into_part(&layout.sheet)?.ok_or(NOT_SOUND)?;
        Ok(Self::new(Xml::new(sheet), values, limits))
    }
}
