//! Names of people and organizations.

use std::fmt;

use crate::secret::HIDDEN;
use crate::text::{first_invisible, nfc};

/// Not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 200 characters on one line")]
pub struct InvalidName;

/// A person's or organization's names, composed (NFC), with single spaces. They print as `•••`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Names(String);

impl Names {
    /// Reads names: nothing that nobody sees, and at least one letter or digit.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        // Bounded before the work of composing.
        if text.len() > 2000 || first_invisible(text.trim(), |_| false).is_some() {
            return Err(InvalidName);
        }
        let names = nfc(&text.split_whitespace().collect::<Vec<_>>().join(" "));
        if names.chars().count() > 200 || !names.chars().any(char::is_alphanumeric) {
            return Err(InvalidName);
        }
        Ok(Self(names))
    }

    /// The names.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first letter of each part, `A. M.`: what staff may see before a visit is verified.
    #[must_use]
    pub fn initials(&self) -> String {
        let initials = self.0.split(' ').filter_map(|part| part.chars().find(|c| c.is_alphanumeric()));
        initials.map(|letter| format!("{}.", letter.to_uppercase())).collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_composed_and_trimmed() {
        let decomposed = "  Nguye\u{302}\u{303}n   Va\u{306}n A ";
        let names = Names::parse(decomposed).unwrap();
        assert_eq!(names.as_str(), "Nguyễn Văn A");
        assert_eq!(names.initials(), "N. V. A.");
        assert_eq!(format!("{names:?}"), "•••");
    }

    #[test]
    fn what_is_not_a_name_is_refused() {
        let long = "a".repeat(201);
        for text in [
            "",
            "   ",
            "a\nb",
            "a\u{0}b",
            "a\u{202e}b",
            "Al\u{200b}ine",
            "Al\u{2060}ine",
            "-",
            &long,
            &"é".repeat(3000),
        ] {
            assert_eq!(Names::parse(text), Err(InvalidName), "{text}");
        }
        assert!(Names::parse(&"é".repeat(200)).is_ok());
        let joined = "র\u{200d}্যাব";
        assert_eq!(Names::parse(joined).unwrap().as_str(), joined);
    }
}
