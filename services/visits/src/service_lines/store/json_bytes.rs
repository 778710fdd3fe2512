//! `bytea` in a document of a row, as Postgres writes it: `\x` and hexadecimal digits.

use serde::{Deserialize, Deserializer, de::Error};

pub(crate) fn bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).map_err(D::Error::custom)
}

pub(crate) fn optional_bytes<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<u8>>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| parse(&text)).transpose().map_err(D::Error::custom)
}

fn parse(text: &str) -> Result<Vec<u8>, &'static str> {
    text.strip_prefix("\\x").and_then(|digits| hex::decode(digits).ok()).ok_or("is no bytea")
}
