//! The number a payer knows a member by.

use std::fmt;

use crate::secret::HIDDEN;
use crate::text::without_blanks;

/// Not a member number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 3 to 32 letters, digits, hyphens or slashes")]
pub struct InvalidMemberNumber;

/// A member number, upper-cased. It prints as `•••` and does not serialize.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberNumber(String);

impl MemberNumber {
    /// Reads a number as printed on a card, read out or pasted: its hyphens belong to it, blanks do not.
    pub fn parse(text: &str) -> Result<Self, InvalidMemberNumber> {
        let number = without_blanks(text).to_ascii_uppercase();
        let allowed =
            |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'/');
        if (3..=32).contains(&number.len()) && number.bytes().all(allowed) {
            Ok(Self(number))
        } else {
            Err(InvalidMemberNumber)
        }
    }

    /// The number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for MemberNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_normalized() {
        for text in [" rssb-0012/3 ", "RSSB \u{2011} 0012 / 3", "rssb\u{2013}0012/3\u{a0}"] {
            assert_eq!(MemberNumber::parse(text).unwrap().as_str(), "RSSB-0012/3", "{text}");
        }
        for text in ["", "ab", "a b", "é123", &"1".repeat(33), "AB\n12"] {
            assert_eq!(MemberNumber::parse(text), Err(InvalidMemberNumber), "{text}");
        }
    }
}
