//! A national id as somebody says it, before anybody is found by it.

use careway_kernel::{Redacted, text};

/// A national id as text: upper case, no blanks. Whose format it follows shows when somebody is found by it, and with it
/// whether hyphens belong to it.
#[derive(Debug, Clone)]
pub(crate) struct NationalIdText {
    number: Redacted,
    /// Without hyphens: one spelling, whatever it was typed with.
    bare: Redacted,
}

/// Not a national id of any country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 4 to 32 letters, digits or hyphens")]
pub(crate) struct InvalidNationalIdText;

impl NationalIdText {
    /// Reads a number as printed, read out or pasted.
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidNationalIdText> {
        let text: String = text.chars().take(65).collect();
        let number = text::without_blanks(&text).to_ascii_uppercase();
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if (4..=32).contains(&number.len()) && number.bytes().all(fits) {
            Ok(Self { bare: text::bare(&number).into(), number: number.into() })
        } else {
            Err(InvalidNationalIdText)
        }
    }

    /// What the number may be kept as: with its hyphens, and without them. Who has the first is meant, where two people of a
    /// payer have one each.
    pub(crate) fn spellings(&self) -> [String; 2] {
        [self.number.expose().to_owned(), self.bare.expose().to_owned()]
    }

    /// The number without hyphens: what codes for it are bound to and counted by.
    pub(crate) fn bare(&self) -> &str {
        self.bare.expose()
    }
}

impl PartialEq for NationalIdText {
    fn eq(&self, other: &Self) -> bool {
        self.number.expose() == other.number.expose()
    }
}

impl Eq for NationalIdText {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_has_one_spelling() {
        let spaced = NationalIdText::parse("1 1990 8 0012345 6 01").unwrap();
        let hyphened = NationalIdText::parse("1-1990-8-0012345-6-01").unwrap();
        for typed in [&spaced, &hyphened] {
            assert_eq!(typed.bare(), "1199080012345601");
            assert!(typed.spellings().contains(&"1199080012345601".to_owned()));
        }
        assert_eq!(NationalIdText::parse("ab\u{2011}12").unwrap().spellings(), ["AB-12", "AB12"]);
        for text in ["", "abc", "é1234", "1;drop", &"1".repeat(33)] {
            assert!(NationalIdText::parse(text).is_err(), "{text}");
        }
        assert!(!format!("{spaced:?}").contains("1199"));
    }
}
