//! Examples that are true on the day they are read: their dates are moved as far as that day is from the one for which the
//! contract has them.

use chrono::{Days, NaiveDate};
use serde_json::Value;

/// The day of the contract's examples.
const WRITTEN_FOR: NaiveDate = NaiveDate::from_ymd_opt(2026, 3, 2).expect("a date");
/// What is older is no matter of the day: a birth, a rule that has held for long.
const MOVED: Days = Days::new(400);

/// Moves the dates and instants of every example in the document.
pub(super) fn move_to(today: NaiveDate, document: &mut Value) {
    match document {
        Value::Object(entries) => entries.iter_mut().for_each(|(key, value)| match key.as_str() {
            "example" | "examples" => move_all(today, value),
            _ => move_to(today, value),
        }),
        Value::Array(list) => list.iter_mut().for_each(|value| move_to(today, value)),
        _ => {}
    }
}

fn move_all(today: NaiveDate, example: &mut Value) {
    match example {
        Value::Object(entries) => entries.values_mut().for_each(|value| move_all(today, value)),
        Value::Array(list) => list.iter_mut().for_each(|value| move_all(today, value)),
        Value::String(text) => {
            if let Some(moved) = moved(today, text) {
                *text = moved;
            }
        }
        _ => {}
    }
}

/// A date, an instant, or the instant in the name of a slot; none of anything else, and of what is long ago.
fn moved(today: NaiveDate, text: &str) -> Option<String> {
    let (head, rest, form) = match text.split_once('~') {
        Some((head, rest)) => (format!("{head}~"), rest, "%Y%m%d"),
        None => (String::new(), text, "%Y-%m-%d"),
    };
    let length = if form == "%Y%m%d" { 8 } else { 10 };
    let (date, tail) = rest.split_at_checked(length)?;
    if !(tail.is_empty() || tail.starts_with('T')) {
        return None;
    }
    let date = NaiveDate::parse_from_str(date, form).ok()?;
    let is_moved = date >= WRITTEN_FOR.checked_sub_days(MOVED)?;
    let date = is_moved.then(|| date.checked_add_signed(today - WRITTEN_FOR)).flatten()?;
    Some(format!("{head}{}{tail}", date.format(form)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_of_the_day_goes_with_it() {
        let today = NaiveDate::from_ymd_opt(2027, 1, 31).unwrap();
        let mut document = json!({
            "description": "2026-03-02",
            "example": { "on": "2026-03-02", "to": "2026-04-01", "birth": "1990-04-12", "number": "V26-0001234-13" },
            "examples": ["2026-03-02T09:00:00Z", "0198c0de~20260302T070000Z", "2026-03-0", "2026-03-02x", 7],
        });
        move_to(today, &mut document);
        assert_eq!(
            document,
            json!({
                "description": "2026-03-02",
                "example": { "on": "2027-01-31", "to": "2027-03-02", "birth": "1990-04-12", "number": "V26-0001234-13" },
                "examples": ["2027-01-31T09:00:00Z", "0198c0de~20270131T070000Z", "2026-03-0", "2026-03-02x", 7],
            })
        );
    }
}
