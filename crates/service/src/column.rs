//! What a column says, as a value of the domain.

use crate::error::{Error, Result};

/// The variant that a column names; its check constraint lets nothing else in.
///
/// # Errors
/// An internal fault when it names none.
pub fn one_of<T: Copy>(column: &str, text: &str, all: &[T], name: fn(T) -> &'static str) -> Result<T> {
    let found = all.iter().copied().find(|variant| name(*variant) == text);
    found.ok_or_else(|| Error::internal(anyhow::anyhow!("{column} holds an unknown value")))
}
