//! The styles of a workbook, as far as they say whether a number is a date or is shown as another text.

use std::{collections::HashMap, io::Read};

use quick_xml::events::Event;

use super::{
    NOT_SOUND, TableError, Xml,
    format::{self, NumberForm},
    xml::attribute,
};

/// Styles and formats of a workbook, at most; spreadsheets allow about as many.
const MOST_STYLES: usize = 65_536;
/// Bytes of a format that is looked into.
const MOST_OF_FORMAT: usize = 1_000;

/// What each style makes of a number.
#[derive(Debug, Default)]
pub(super) struct Styles {
    forms: Vec<Form>,
    /// The form of each style.
    of_styles: Vec<u32>,
}

/// What a style makes of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    Date,
    Number(NumberForm),
}

impl Styles {
    pub(super) fn read(mut xml: Xml<impl Read>) -> Result<Self, TableError> {
        let mut styles = Self::default();
        let mut formats: HashMap<u32, Form> = HashMap::new();
        let mut known: HashMap<u32, u32> = HashMap::new();
        let mut of_cells = false;
        loop {
            match xml.next_event()? {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    "cellXfs" => of_cells = true,
                    "numFmt" if formats.len() < MOST_STYLES => {
                        let code = attribute(&tag, "formatCode")?.unwrap_or_default();
                        let id = attribute(&tag, "numFmtId")?.and_then(|id| id.parse().ok());
                        formats.insert(id.ok_or(NOT_SOUND)?, Form::parse(&code));
                    }
                    "xf" if of_cells && styles.of_styles.len() < MOST_STYLES => {
                        let id = attribute(&tag, "numFmtId")?.and_then(|id| id.parse().ok()).unwrap_or(0);
                        let form = *known.entry(id).or_insert_with(|| {
                            styles.forms.push(formats.remove(&id).unwrap_or_else(|| Form::built_in(id)));
                            u32::try_from(styles.forms.len() - 1).unwrap_or(u32::MAX)
                        });
                        styles.of_styles.push(form);
                    }
                    _ => {}
                },
                Event::End(tag) if tag.local_name().as_ref() == "cellXfs" => of_cells = false,
                Event::Eof => return Ok(styles),
                _ => {}
            }
        }
    }

    /// What a style makes of a number.
    pub(super) fn form(&self, style: usize) -> &Form {
        let form = self.of_styles.get(style).and_then(|form| self.forms.get(*form as usize));
        form.unwrap_or(&Form::Number(NumberForm::Number))
    }
}

impl Form {
    /// The formats that every workbook has without saying them.
    fn built_in(id: u32) -> Self {
        match id {
            14..=22 | 27..=36 | 45 | 47 | 50..=58 => Self::Date,
            _ => Self::Number(NumberForm::Number),
        }
    }

    fn parse(code: &str) -> Self {
        match code.len() <= MOST_OF_FORMAT {
            true if format::is_date(code) => Self::Date,
            true => Self::Number(NumberForm::parse(code)),
            false => Self::Number(NumberForm::Unclear),
        }
    }
}
