//! The rules of messages against `tests/vectors/renewals`, row by row.

mod answers;
mod bounces;
mod receipts;
mod sms;

use serde_json::Value;

/// The rows of a file of vectors.
pub(super) fn vectors(file: &str) -> Vec<Value> {
    let path = format!("{}/../../tests/vectors/renewals/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A column that is a text; empty when the row has none.
pub(super) fn text<'a>(row: &'a Value, column: &str) -> &'a str {
    row[column].as_str().unwrap_or_default()
}
