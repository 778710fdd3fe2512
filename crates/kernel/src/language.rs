//! The languages people are written to in.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::CountryCode;

/// A language, by its ISO 639 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Kinyarwanda.
    Rw,
    /// English.
    En,
    /// French.
    Fr,
    /// Vietnamese.
    Vi,
    /// Romanian.
    Ro,
    /// Bengali.
    Bn,
}

/// Not a language we write in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of rw, en, fr, vi, ro, bn")]
pub struct UnknownLanguage;

impl Language {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Rw, Self::En, Self::Fr, Self::Vi, Self::Ro, Self::Bn];

    /// Reads a code; a region behind it (`fr-RW`) is left aside.
    pub fn parse(text: &str) -> Result<Self, UnknownLanguage> {
        let code = text.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        Self::ALL.into_iter().find(|language| language.as_str() == code).ok_or(UnknownLanguage)
    }

    /// The first language of an `Accept-Language` that we write in.
    #[must_use]
    pub fn accepted(header: &str) -> Option<Self> {
        let codes = header.split(',').map(|part| part.split(';').next().unwrap_or_default().trim());
        codes.filter_map(|code| Self::parse(code).ok()).next()
    }

    /// The ISO 639 code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rw => "rw",
            Self::En => "en",
            Self::Fr => "fr",
            Self::Vi => "vi",
            Self::Ro => "ro",
            Self::Bn => "bn",
        }
    }

    /// What people of a country are written to in when they never said.
    #[must_use]
    pub fn for_country(country: CountryCode) -> Self {
        match country.as_str() {
            "RW" => Self::Rw,
            "VN" => Self::Vi,
            "RO" | "MD" => Self::Ro,
            "BD" => Self::Bn,
            "BI" | "CD" | "FR" => Self::Fr,
            _ => Self::En,
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(text: &str) -> Result<Self, UnknownLanguage> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_back() {
        for language in Language::ALL {
            assert_eq!(Language::parse(language.as_str()), Ok(language));
            assert_eq!(serde_json::to_string(&language).unwrap(), format!("\"{language}\""));
        }
        assert_eq!(Language::parse("fr-RW"), Ok(Language::Fr));
        assert_eq!(Language::parse("de"), Err(UnknownLanguage));
        assert_eq!(Language::parse(""), Err(UnknownLanguage));
    }

    #[test]
    fn readers_get_the_first_language_we_have_of_theirs() {
        assert_eq!(Language::accepted("de-CH, fr-CH;q=0.9, en;q=0.8"), Some(Language::Fr));
        assert_eq!(Language::accepted("bn"), Some(Language::Bn));
        assert_eq!(Language::accepted("de, *"), None);
    }

    #[test]
    fn countries_have_one() {
        assert_eq!(Language::for_country(CountryCode::RW), Language::Rw);
        assert_eq!(Language::for_country(CountryCode::VN), Language::Vi);
        assert_eq!(Language::for_country(CountryCode::KE), Language::En);
    }
}
