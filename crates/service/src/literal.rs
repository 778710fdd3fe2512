//! SQL literals for the two batches that travel as one simple-protocol message: begin and commit.
//!
//! Parameters need a round trip of their own per statement; a batch needs one for all. Only these types are written,
//! and only by this module.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A quoted text. `standard_conforming_strings` is on for every connection, so the quote is the only special character. Postgres
/// keeps no NUL in a text: it is left out.
pub(crate) fn text(value: &str) -> String {
    let mut literal = String::with_capacity(value.len() + 2);
    literal.push('\'');
    for character in value.chars().filter(|character| *character != '\0') {
        if character == '\'' {
            literal.push('\'');
        }
        literal.push(character);
    }
    literal.push('\'');
    literal
}

/// A text, or null.
pub(crate) fn optional_text(value: Option<&str>) -> String {
    value.map_or_else(|| "null".to_owned(), text)
}

/// A uuid.
pub(crate) fn uuid(value: Uuid) -> String {
    format!("'{value}'")
}

/// A uuid, or null.
pub(crate) fn optional_uuid(value: Option<Uuid>) -> String {
    value.map_or_else(|| "null".to_owned(), uuid)
}

/// Bytes.
pub(crate) fn bytes(value: &[u8]) -> String {
    format!("'\\x{}'", hex::encode(value))
}

/// An instant, to the microsecond that Postgres keeps.
pub(crate) fn instant(value: DateTime<Utc>) -> String {
    format!("'{}'", value.format("%Y-%m-%dT%H:%M:%S%.6fZ"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_cannot_end_the_literal() {
        assert_eq!(text("o'; drop table x; --"), "'o''; drop table x; --'");
        assert_eq!(text("\\'\0"), "'\\'''");
        assert_eq!(bytes(&[0, 255]), "'\\x00ff'");
    }
}
