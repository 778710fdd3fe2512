//! One cell, and what it says: a line, a date, the digits of an identifier, a phone.
//!
//! Whatever a spreadsheet lost is restored where only one reading is left, and refused otherwise; nothing is guessed.

use careway_kernel::{
    CountryCode, PartialDate, PhoneNumber, ReadPhone, UnreadablePhone, parse_date,
    text::{is_hyphen, is_invisible, without_invisible},
};
use chrono::NaiveDate;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::{CellError, CellWarning, dates};

/// Zeros that a spreadsheet may have taken from the front of an identifier.
const LOST_ZEROS: usize = 2;
/// Characters of a cell that a report shows.
const SHOWN: usize = 60;

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing, or blanks only.
    Empty,
    /// Text in NFC without blanks around it or characters that nobody sees; it may have several lines.
    Text(Box<str>),
    /// A workbook's number that its format shows as a number; of no more than 15 digits.
    Number(f64),
    /// A workbook's real date.
    Date(NaiveDate),
    /// Nothing that could be read.
    Fault(CellError),
}

impl Cell {
    /// A text as a file has it.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return Self::clean(text);
        }
        if let Some(char) = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Self::Fault(CellError::Invisible(char));
        }
        if text.chars().any(|char| is_invisible(char) || matches!(char, '\u{200c}' | '\u{200d}')) {
            return Self::composed(&without_invisible(text));
        }
        Self::composed(text)
    }

    fn composed(text: &str) -> Self {
        if is_nfc(text) { Self::clean(text) } else { Self::clean(&text.nfc().collect::<String>()) }
    }

    fn clean(text: &str) -> Self {
        let text = text.trim();
        // `="0123"` is how a CSV tells a spreadsheet that it is a text.
        let formula = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
        match formula.unwrap_or(text).trim() {
            "" => Self::Empty,
            text => Self::Text(text.into()),
        }
    }

    /// The bytes of its text.
    pub(super) fn text_bytes(&self) -> usize {
        if let Self::Text(text) = self { text.len() } else { 0 }
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// The text on one line; empty for an empty cell, `YYYY-MM-DD` for a date.
    pub fn text(&self) -> Result<String, CellError> {
        match self {
            Self::Empty => Ok(String::new()),
            Self::Text(text) if text.contains(['\n', '\r', '\t', '\u{85}']) => Ok(text
                .split(['\n', '\r', '\t', '\u{85}'])
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .collect::<Vec<_>>()
                .join(" ")),
            Self::Text(text) => Ok(text.to_string()),
            Self::Number(number) => Ok(digits(*number)),
            Self::Date(date) => Ok(date.to_string()),
            Self::Fault(error) => Err(*error),
        }
    }

    /// The date: a real one, or `YYYY-MM-DD`. None for an empty cell.
    pub fn date(&self) -> Result<Option<NaiveDate>, CellError> {
        match self {
            Self::Empty => Ok(None),
            Self::Date(date) => Ok(Some(*date)),
            Self::Text(text) => parse_date(text).map(Some).map_err(|_| CellError::Date),
            Self::Number(_) | Self::Fault(_) => Err(CellError::Date),
        }
    }

    /// The day as people write it, day first: `31/12/2026`, `31.12.2026`, `31122026`, besides what [`date`](Self::date) reads.
    /// A number is a day only by its format.
    pub fn day(&self) -> Result<Option<NaiveDate>, CellError> {
        match self.as_date_text() {
            Written::Nothing => Ok(None),
            Written::Day(day) => Ok(Some(day)),
            Written::Text(text) => match dates::parse(&text) {
                Some(PartialDate::Day(day)) => Ok(Some(day)),
                _ => Err(CellError::Date),
            },
            Written::Wrong => Err(CellError::Date),
        }
    }

    /// The date as far as it is known: `1950`, `00/00/1950`, `07/1950`, and all that [`day`](Self::day) reads.
    pub fn partial_date(&self) -> Result<Option<PartialDate>, CellError> {
        match self.as_date_text() {
            Written::Nothing => Ok(None),
            Written::Day(day) => Ok(Some(PartialDate::Day(day))),
            Written::Text(text) => dates::parse(&text).map(Some).ok_or(CellError::Date),
            Written::Wrong => Err(CellError::Date),
        }
    }

    /// A code as it is printed: capitals, without blanks and hyphens. None for an empty cell.
    pub fn code(&self) -> Result<Option<String>, CellError> {
        match self {
            Self::Empty => Ok(None),
            Self::Text(text) if is_dash(text) => Ok(None),
            Self::Text(text) if has_exponent(text) => Err(CellError::DigitsLost),
            Self::Text(text) => Ok(Some(
                unquoted(text)
                    .chars()
                    .filter(|c| !c.is_whitespace() && !is_hyphen(*c))
                    .collect::<String>()
                    .to_uppercase(),
            )),
            Self::Number(number) => whole(*number).map(Some),
            Self::Date(_) => Err(CellError::Code),
            Self::Fault(error) => Err(*error),
        }
    }

    /// The digits of an identifier that has one of these lengths, and what was restored. A number may have lost up to two
    /// zeros; what was typed as text has lost none.
    pub fn digits(&self, lengths: &[usize]) -> Result<Option<(String, Option<CellWarning>)>, CellError> {
        let Some(code) = self.code()? else { return Ok(None) };
        if !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(CellError::Code);
        }
        let fits = |length: &&usize| match self {
            Self::Number(_) => (code.len()..=code.len() + LOST_ZEROS).contains(*length),
            _ => code.len() == **length,
        };
        let mut fitting = lengths.iter().filter(fits);
        let length = *fitting.next().ok_or(CellError::Code)?;
        if fitting.next().is_some() {
            return Err(CellError::Ambiguous);
        }
        let restored = (length > code.len()).then_some(CellWarning::LeadingZeroRestored);
        Ok(Some((format!("{code:0>length$}"), restored)))
    }

    /// The phone number, and what was changed to get it. None for an empty cell or a dash.
    pub fn phone(&self, country: CountryCode) -> Result<Option<ReadPhone>, CellError> {
        let text = match self {
            Self::Empty => return Ok(None),
            Self::Text(text) if is_dash(text) => return Ok(None),
            Self::Text(text) if has_exponent(text) => return Err(CellError::DigitsLost),
            Self::Text(text) => unquoted(text).to_owned(),
            Self::Number(number) => whole(*number)?,
            Self::Date(_) => return Err(CellError::Phone(UnreadablePhone::NotAPhone)),
            Self::Fault(error) => return Err(*error),
        };
        Ok(Some(PhoneNumber::read(&text, country)?))
    }

    /// What a report shows of it, on one line and not too long.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Fault(CellError::Error(error)) => (*error).to_owned(),
            cell => cell.text().unwrap_or_default().chars().take(SHOWN).collect(),
        }
    }

    fn as_date_text(&self) -> Written {
        match self {
            Self::Empty => Written::Nothing,
            Self::Text(text) if is_dash(text) => Written::Nothing,
            Self::Text(text) => Written::Text(unquoted(text).to_owned()),
            Self::Date(day) => Written::Day(*day),
            // `01011985` typed as a number has lost its zero.
            Self::Number(number) => match whole(*number) {
                Ok(digits) if digits.len() == 7 => Written::Text(format!("0{digits}")),
                Ok(digits) => Written::Text(digits),
                Err(_) => Written::Wrong,
            },
            Self::Fault(_) => Written::Wrong,
        }
    }
}

/// A date before it is read.
enum Written {
    Nothing,
    Day(NaiveDate),
    Text(String),
    Wrong,
}

/// A number as its digits: `451`, not `451.0`.
fn digits(number: f64) -> String {
    if number == 0.0 { "0".to_owned() } else { number.to_string() }
}

/// The digits of a number that has no fraction and no sign.
fn whole(number: f64) -> Result<String, CellError> {
    if number.fract() == 0.0 && number >= 0.0 { Ok(digits(number)) } else { Err(CellError::DigitsLost) }
}

/// The apostrophe by which people tell a spreadsheet that digits are a text.
fn unquoted(text: &str) -> &str {
    text.strip_prefix(['\'', '’']).unwrap_or(text).trim()
}

/// What people put where there is nothing.
fn is_dash(text: &str) -> bool {
    text.chars().all(|char| matches!(char, '-' | '–' | '—'))
}

/// `9,12E+08`: what a spreadsheet leaves of a long number in a CSV.
fn has_exponent(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once([',', '.']).unwrap_or((mantissa, "0"));
    all_digits(exponent) && exponent.len() <= 3 && all_digits(whole) && all_digits(fraction)
}
