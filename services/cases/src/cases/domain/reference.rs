//! A case's reference for one recipient: people quote it, mails are sent to it. It finds the case and gives no right.

use std::fmt;

/// `cwr-` and 26 of a–z and 2–7: 130 bits, so that nobody guesses one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Reference(String);

const PREFIX: &str = "cwr-";
const LETTERS: usize = 26;
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

impl Reference {
    /// Made of random bytes.
    pub(crate) fn from_random(bytes: [u8; LETTERS]) -> Self {
        let letters = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
        Self(PREFIX.chars().chain(letters).collect())
    }

    /// Reads one, in any letter case: mail servers keep the case of an address or do not.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let letters = text.strip_prefix(PREFIX)?;
        let is_one = letters.len() == LETTERS && letters.bytes().all(|letter| ALPHABET.contains(&letter));
        is_one.then_some(Self(text))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_reference_is_read_back_in_any_letter_case(bytes in any::<[u8; LETTERS]>()) {
            let made = Reference::from_random(bytes);
            prop_assert_eq!(Reference::parse(&made.as_str().to_uppercase()), Some(made.clone()));
            prop_assert_eq!(format!("{made:?}"), "•••");
        }

        #[test]
        fn nothing_else_is_one(text in "(cwr-)?[a-z0-9-]{0,30}|.{0,40}") {
            let of_it = text.to_ascii_lowercase().strip_prefix(PREFIX).is_some_and(|letters| {
                letters.len() == LETTERS && letters.bytes().all(|it| it.is_ascii_lowercase() || (b'2'..=b'7').contains(&it))
            });
            prop_assert_eq!(Reference::parse(&text).is_some(), of_it);
        }
    }
}
