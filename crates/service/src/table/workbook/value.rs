//! What a cell of a workbook says: texts, numbers as they are shown, real dates.

use chrono::{Days, NaiveDate};

use super::{
    super::{Cell, CellError},
    NOT_SOUND, Styles, TableError, Texts,
    escapes::unescaped,
    format::NumberForm,
    styles::Form,
};

/// What the values of cells mean.
pub(super) struct Values {
    pub(super) styles: Styles,
    pub(super) texts: Texts,
    /// Days are counted from 1904, as old Macs did.
    pub(super) from_1904: bool,
}

/// How a cell keeps its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    /// The number of a shared text.
    Shared,
    /// The text itself.
    Text,
    Bool,
    Error,
    /// A date by ISO 8601.
    Date,
}

impl Kind {
    pub(super) fn find(name: &str) -> Self {
        match name {
            "s" => Self::Shared,
            "str" | "inlineStr" => Self::Text,
            "b" => Self::Bool,
            "e" => Self::Error,
            "d" => Self::Date,
            _ => Self::Number,
        }
    }
}

impl Values {
    /// The cell that a value makes.
    pub(super) fn cell(&mut self, kind: Kind, style: usize, value: &str) -> Result<Cell, TableError> {
        if value.is_empty() {
            return Ok(Cell::Empty);
        }
        match kind {
            Kind::Shared => {
                let number = value.trim().parse().map_err(|_| NOT_SOUND)?;
                Ok(Cell::of(self.texts.get(number)?.ok_or(NOT_SOUND)?))
            }
            Kind::Text => Ok(Cell::of(&unescaped(value))),
            Kind::Bool => Ok(Cell::of(if value.trim() == "0" { "false" } else { "true" })),
            Kind::Error => Ok(Cell::Fault(CellError::Error(shown(value.trim())))),
            Kind::Date => {
                let day = value.get(..10).and_then(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d").ok());
                Ok(day.map_or_else(|| Cell::of(value), Cell::Date))
            }
            Kind::Number => match value.trim() {
                "" => Ok(Cell::Empty),
                number => Ok(self.number(number.parse().map_err(|_| NOT_SOUND)?, style)),
            },
        }
    }

    /// A number as it is shown: that is what whoever sent the list meant.
    fn number(&self, number: f64, style: usize) -> Cell {
        let form = match self.styles.form(style) {
            Form::Date => {
                return date(number, self.from_1904).map_or(Cell::Fault(CellError::Date), Cell::Date);
            }
            Form::Number(form) => form,
        };
        if !number.is_finite() || number.abs() >= 1e15 {
            return Cell::Fault(CellError::DigitsLost);
        }
        match form {
            NumberForm::Number => Cell::Number(number),
            form => form.show(number).map_or(Cell::Fault(CellError::ShownOtherwise), |text| Cell::of(&text)),
        }
    }
}

/// The day that a workbook counts as this number; a time of the day is passed over.
fn date(serial: f64, from_1904: bool) -> Option<NaiveDate> {
    const DAY_MILLIS: f64 = 86_400_000.0;
    /// Later than any workbook counts.
    const LAST: f64 = 2_958_466.0;
    // Day zero is a time of no day.
    if !(1.0..LAST).contains(&serial) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the bounds above")]
    let day = ((serial * DAY_MILLIS).round() / DAY_MILLIS).floor() as u64;
    let (year, month, first) = match (from_1904, day) {
        (true, _) => (1904, 1, 1),
        // 29 February 1900 exists in workbooks only, and every day before it is one off.
        (false, 60) => return None,
        (false, ..60) => (1899, 12, 31),
        (false, _) => (1899, 12, 30),
    };
    NaiveDate::from_ymd_opt(year, month, first)?.checked_add_days(Days::new(day))
}

/// The errors that a sheet may have in a cell.
fn shown(error: &str) -> &'static str {
    const KNOWN: [&str; 12] = [
        "#DIV/0!",
        "#N/A",
        "#NAME?",
        "#NULL!",
        "#NUM!",
        "#REF!",
        "#VALUE!",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
        "#BLOCKED!",
        "#CONNECT!",
    ];
    KNOWN.into_iter().find(|known| *known == error).unwrap_or("#ERROR")
}
