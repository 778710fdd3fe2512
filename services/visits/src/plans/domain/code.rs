//! The codes by which a plan names its parts, and the ledger its accounts.

use serde::{Deserialize, Serialize};

/// The code of a benefit, ceiling or deductible, unique in its plan: the name of its account in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Code(String);

/// Not a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 40 capitals, digits and underscores, like CONSULTATION")]
pub(crate) struct InvalidCode;

impl Code {
    /// Reads a code.
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidCode> {
        let capital = text.starts_with(|first: char| first.is_ascii_uppercase());
        let allowed =
            text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
        if capital && allowed && text.len() <= 40 { Ok(Self(text.to_owned())) } else { Err(InvalidCode) }
    }

    /// The code.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Code {
    type Error = InvalidCode;

    fn try_from(text: String) -> Result<Self, InvalidCode> {
        Self::parse(&text)
    }
}

impl From<Code> for String {
    fn from(code: Code) -> Self {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_capitals_digits_and_underscores() {
        assert_eq!(Code::parse("XRAY_2").unwrap().as_str(), "XRAY_2");
        for text in ["", "xray", "2XRAY", "X RAY", "X-RAY", &"X".repeat(41)] {
            assert_eq!(Code::parse(text), Err(InvalidCode), "{text}");
        }
    }
}
