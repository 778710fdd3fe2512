//! One value of an exported row, and the cell it makes.

use std::{borrow::Cow, fmt::Write as _};

use chrono::NaiveDate;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Characters that a cell can have.
const MOST_OF_TEXT: usize = 32_767;

/// A value of an exported row.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Empty,
    /// A text, a code, a phone number: whatever is not reckoned with.
    Text(String),
    /// A day.
    Date(NaiveDate),
    /// A whole number to reckon with, such as an amount in a currency without a smaller unit.
    Number(i64),
}

/// The formats of the cells, by their places in the styles part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Text = 1,
    /// A text that a spreadsheet would take for a formula if it were typed in again.
    Quoted = 2,
    Date = 3,
    Heading = 4,
    Number = 5,
}

impl Value {
    /// A text; an empty one is nothing.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// What there is of something.
    #[must_use]
    pub fn of<T>(value: Option<T>, make: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Empty, make)
    }

    /// Writes the cell at this place.
    pub(super) fn write(&self, line: &mut String, letters: &str, row: u32) {
        match self {
            Self::Empty => {}
            Self::Text(text) => {
                let text = clean(text);
                let style = if text.starts_with(['=', '+', '-', '@']) { Style::Quoted } else { Style::Text };
                if !text.is_empty() {
                    write_text(line, &text, style, letters, row);
                }
            }
            Self::Date(day) => match serial(*day) {
                Some(serial) => write_number(line, serial, Style::Date, letters, row),
                None => write_text(line, &day.to_string(), Style::Text, letters, row),
            },
            Self::Number(number) => write_number(line, *number, Style::Number, letters, row),
        }
    }
}

/// Writes a text into a cell.
pub(super) fn write_text(line: &mut String, text: &str, style: Style, letters: &str, row: u32) {
    let _ = write!(
        line,
        "<c r=\"{letters}{row}\" s=\"{}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">",
        style as u8
    );
    escape(line, text);
    line.push_str("</t></is></c>");
}

fn write_number(line: &mut String, number: i64, style: Style, letters: &str, row: u32) {
    let _ = write!(line, "<c r=\"{letters}{row}\" s=\"{}\"><v>{number}</v></c>", style as u8);
}

/// Adds a text as XML has it. What looks like an escape of a workbook's own, `_x0041_`, is escaped itself.
pub(super) fn escape(line: &mut String, text: &str) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'_' if is_escape(&text.as_bytes()[at..]) => "_x005F_",
            _ => continue,
        };
        line.push_str(&text[from..at]);
        line.push_str(escaped);
        from = at + 1;
    }
    line.push_str(&text[from..]);
}

fn is_escape(text: &[u8]) -> bool {
    let [b'_', b'x', code @ .., b'_'] = text.get(..7).unwrap_or_default() else { return false };
    code.iter().all(u8::is_ascii_hexdigit)
}

/// A text in NFC, without characters that no workbook may have and blanks around it, as long as a cell can be.
fn clean(text: &str) -> Cow<'_, str> {
    let plain = |byte: u8| (b' '..=b'~').contains(&byte);
    if text.len() <= MOST_OF_TEXT && text.bytes().all(plain) {
        return Cow::Borrowed(text.trim());
    }
    let composed: Cow<'_, str> =
        if is_nfc(text) { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) };
    let allowed =
        |char: &char| *char == '\n' || !(char.is_control() || matches!(char, '\u{fffe}' | '\u{ffff}'));
    let spaced = composed.chars().map(|char| if char == '\t' { ' ' } else { char });
    let kept: String = spaced.filter(allowed).collect();
    Cow::Owned(kept.trim().chars().take(MOST_OF_TEXT).collect())
}

/// How a workbook counts a day; none before 1900.
fn serial(day: NaiveDate) -> Option<i64> {
    let since = |year, month, day_of| {
        NaiveDate::from_ymd_opt(year, month, day_of).map(|first| (day - first).num_days())
    };
    // The 29 February 1900 that workbooks count does not exist.
    match since(1900, 3, 1)? {
        0.. => since(1899, 12, 30),
        _ => since(1899, 12, 31).filter(|serial| *serial >= 1),
    }
}
