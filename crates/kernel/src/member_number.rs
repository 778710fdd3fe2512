//! The number a payer knows a member by.

use std::fmt;

use crate::secret::HIDDEN;

/// Not a member number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 3 to 32 letters, digits, hyphens or slashes")]
pub struct InvalidMemberNumber;

/// A member number, upper-cased. It prints as `•••` and does not serialize.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberNumber(String);

impl MemberNumber {
    /// Reads a number as printed on a card.
    pub fn parse(text: &str) -> Result<Self, InvalidMemberNumber> {
        let number = text.trim().to_ascii_uppercase();
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
        assert_eq!(MemberNumber::parse(" rssb-0012/3 ").unwrap().as_str(), "RSSB-0012/3");
        for text in ["", "ab", "a b c", "é123", &"1".repeat(33), "AB\n12"] {
            assert_eq!(MemberNumber::parse(text), Err(InvalidMemberNumber), "{text}");
        }
    }
}
