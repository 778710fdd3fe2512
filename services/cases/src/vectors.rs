//! Reads the vectors of `tests/vectors/cases`: small inputs with the right answer.

use serde_json::Value;

/// The values of one file, a line or a document each.
pub(crate) fn read(file: &str) -> Vec<Value> {
    let path = format!("{}/../../tests/vectors/cases/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::Deserializer::from_str(&text).into_iter().map(|value| value.unwrap()).collect()
}
