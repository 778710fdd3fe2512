//! A national id as somebody says it, before anybody is found by it.

use careway_kernel::Redacted;

/// A national id as text: upper case, no spaces. Whose format it follows shows when somebody is found by it.
#[derive(Debug, Clone)]
pub(crate) struct NationalIdText(Redacted);

/// Not a national id of any country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 4 to 32 letters, digits or hyphens")]
pub(crate) struct InvalidNationalIdText;

impl NationalIdText {
    /// Reads a number as printed, with or without spaces.
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidNationalIdText> {
        let number: String = text.chars().take(65).filter(|c| !c.is_whitespace()).collect();
        let number = number.to_ascii_uppercase();
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if (4..=32).contains(&number.len()) && number.bytes().all(fits) {
            Ok(Self(Redacted::new(number)))
        } else {
            Err(InvalidNationalIdText)
        }
    }

    /// The number.
    pub(crate) fn as_str(&self) -> &str {
        self.0.expose()
    }
}

impl PartialEq for NationalIdText {
    fn eq(&self, other: &Self) -> bool {
        self.0.expose() == other.0.expose()
    }
}

impl Eq for NationalIdText {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_has_one_spelling() {
        let spaced = NationalIdText::parse("1 1990 8 0012345 6 01").unwrap();
        assert_eq!(spaced.as_str(), "1199080012345601");
        assert_eq!(NationalIdText::parse("ab-12").unwrap().as_str(), "AB-12");
        for text in ["", "abc", "é1234", "1;drop", &"1".repeat(33)] {
            assert!(NationalIdText::parse(text).is_err(), "{text}");
        }
        assert_eq!(format!("{spaced:?}"), "NationalIdText(•••)");
    }
}
