//! Reads the vectors of `tests/vectors/channels`: small inputs with the right answer.

use serde_json::Value;

/// The rows of one file.
pub(crate) fn read(file: &str) -> Vec<Value> {
    let path = format!("{}/../../tests/vectors/channels/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
