//! A person's sex as registers keep it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What the register says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Another or none.
    Other,
}

/// Not one of the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of FEMALE, MALE, OTHER")]
pub struct UnknownSex;

impl Sex {
    /// Reads the word, or its first letter as import files have it.
    pub fn parse(text: &str) -> Result<Self, UnknownSex> {
        match text.trim().to_ascii_uppercase().as_str() {
            "FEMALE" | "F" => Ok(Self::Female),
            "MALE" | "M" => Ok(Self::Male),
            "OTHER" | "O" => Ok(Self::Other),
            _ => Err(UnknownSex),
        }
    }

    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Female => "FEMALE",
            Self::Male => "MALE",
            Self::Other => "OTHER",
        }
    }
}

impl fmt::Display for Sex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Sex {
    type Err = UnknownSex;

    fn from_str(text: &str) -> Result<Self, UnknownSex> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back() {
        for sex in [Sex::Female, Sex::Male, Sex::Other] {
            assert_eq!(Sex::parse(sex.as_str()), Ok(sex));
        }
        assert_eq!(Sex::parse("f"), Ok(Sex::Female));
        assert_eq!(Sex::parse("8"), Err(UnknownSex));
    }
}
