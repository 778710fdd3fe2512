//! A version of the declaration, and the hash by which its very words are accepted.

use careway_kernel::Language;
use chrono::{DateTime, NaiveDate, Utc};
use sha2::{Digest, Sha256};

/// The words in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConsentText {
    pub(crate) language: Language,
    pub(crate) text: String,
    pub(crate) hash: String,
}

/// A version of the declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Consent {
    pub(crate) version: i32,
    pub(crate) from: NaiveDate,
    pub(crate) texts: Vec<ConsentText>,
    pub(crate) published_by: String,
    pub(crate) published_at: DateTime<Utc>,
}

/// Another version begins on that day or later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Another version of the declaration begins on that day or later.")]
pub(crate) struct DateTaken;

impl ConsentText {
    /// Words, and their hash: SHA-256 over UTF-8, in hexadecimal digits.
    pub(crate) fn new(language: Language, text: String) -> Self {
        let hash = hex::encode(Sha256::digest(text.as_bytes()));
        Self { language, text, hash }
    }
}

/// The number of a new version that begins on this day, after the one that begins last.
pub(crate) fn next_version(last: Option<(i32, NaiveDate)>, from: NaiveDate) -> Result<i32, DateTaken> {
    match last {
        None => Ok(1),
        Some((version, begins)) if begins < from => Ok(version + 1),
        Some(_) => Err(DateTaken),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_follow_each_other() {
        let day = |text: &str| text.parse().unwrap();
        assert_eq!(next_version(None, day("2027-03-01")), Ok(1));
        assert_eq!(next_version(Some((1, day("2027-02-28"))), day("2027-03-01")), Ok(2));
        assert_eq!(next_version(Some((1, day("2027-03-01"))), day("2027-03-01")), Err(DateTaken));
    }

    #[test]
    fn the_hash_is_that_of_the_very_words() {
        let text = ConsentText::new(Language::En, "abc".to_owned());
        assert_eq!(text.hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
