//! Values of answers in words and figures that are read at a glance.

use chrono::{DateTime, Utc};
use serde_json::Value;

/// A text; empty for anything else.
pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Texts with commas between.
pub(super) fn texts(list: &[Value]) -> String {
    list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
}

/// Money with its thousands apart.
pub(super) fn money(money: &Value) -> String {
    format!("{} {}", figure(&text(&money["amount"])), text(&money["currency"]))
}

/// A number with its thousands apart.
pub(super) fn figure(number: &str) -> String {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let mut apart = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            apart.push(' ');
        }
        apart.push(digit);
    }
    if fraction.is_empty() { apart } else { format!("{apart}.{fraction}") }
}

/// A minute in the clock that every installation has.
pub(super) fn instant(value: &Value) -> String {
    let at = text(value).parse::<DateTime<Utc>>();
    at.map_or_else(|_| text(value), |at| at.format("%Y-%m-%d %H:%M UTC").to_string())
}

/// Why lines, or parts of them, are not paid: a sentence for each, with the code of the line.
pub(super) fn reasons<'a>(lines: impl IntoIterator<Item = (&'a Value, &'a Value)>) -> Vec<String> {
    let told = lines.into_iter().flat_map(|(code, refusals)| {
        let refusals = refusals.as_array().into_iter().flatten();
        refusals.map(move |it| format!("{}, {}: {}", text(code), text(&it["code"]), text(&it["text"])))
    });
    told.collect()
}

/// The codes of those reasons.
pub(super) fn codes(refusals: &Value) -> String {
    let codes = refusals.as_array().into_iter().flatten().map(|it| text(&it["code"]));
    codes.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn money_is_read_at_a_glance() {
        assert_eq!(money(&json!({"currency": "RWF", "amount": "8000000"})), "8 000 000 RWF");
        assert_eq!(money(&json!({"currency": "RON", "amount": "120.50"})), "120.50 RON");
    }

    #[test]
    fn a_reason_is_told_with_its_line() {
        let refusals =
            json!([{"code": "AUTH-001", "text": "None was found."}, {"code": "TIME-001", "text": "Late."}]);
        let told = reasons([(&json!("IMG-MRI"), &refusals), (&json!("CONS-GP"), &json!([]))]);
        assert_eq!(told, ["IMG-MRI, AUTH-001: None was found.", "IMG-MRI, TIME-001: Late."]);
        assert_eq!((codes(&refusals).as_str(), codes(&Value::Null).as_str()), ("AUTH-001, TIME-001", ""));
    }

    #[test]
    fn an_instant_is_told_to_the_minute() {
        assert_eq!(instant(&json!("2026-11-23T07:20:59.731408Z")), "2026-11-23 07:20 UTC");
    }
}
