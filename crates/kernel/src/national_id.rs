//! National identity numbers: each country's own formats, an opaque string where we know none.

use std::fmt;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::secret::HIDDEN;
use crate::text::{bare, without_blanks};
use crate::{Clock, CountryCode, Sex};

/// What the number must be; by country, so that the caller learns the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidNationalId {
    /// Not a Rwandan NIN.
    #[error("must be 16 digits such as 1 1990 8 0012345 6 01")]
    Rwanda,
    /// None of the Vietnamese numbers.
    #[error("must be a CCCD of 12 digits, a BHXH number of 10 digits, or a BHYT card code of 15 characters")]
    Vietnam,
    /// Not the number of any country.
    #[error("must be 4 to 32 letters, digits or hyphens")]
    Other,
}

/// Which register's number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NationalIdKind {
    /// Rwanda's national identification number, 16 digits.
    RwNin,
    /// Vietnam's citizen identity card, 12 digits.
    VnCccd,
    /// Vietnam's social insurance number, 10 digits.
    VnBhxh,
    /// Vietnam's health insurance card code, 15 characters.
    VnBhyt,
    /// A number whose format we do not know.
    Other,
}

impl NationalIdKind {
    const ALL: [Self; 5] = [Self::RwNin, Self::VnCccd, Self::VnBhxh, Self::VnBhyt, Self::Other];

    /// The word the database and the contract keep.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RwNin => "RW_NIN",
            Self::VnCccd => "VN_CCCD",
            Self::VnBhxh => "VN_BHXH",
            Self::VnBhyt => "VN_BHYT",
            Self::Other => "OTHER",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// What a registrar should look at again: the number and the person do not agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NationalIdWarning {
    /// The number names another year of birth.
    BirthYear,
    /// The number names another sex.
    Sex,
}

impl fmt::Display for NationalIdWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BirthYear => "the national id names another year of birth",
            Self::Sex => "the national id names another sex",
        })
    }
}

/// A national identity number without its spaces. It prints as `•••` and does not serialize.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NationalId {
    country: CountryCode,
    kind: NationalIdKind,
    value: String,
}

impl NationalId {
    /// Reads a number of a country, with or without the blanks and hyphens it is printed with. Of a country whose format we do
    /// not know, hyphens belong to it.
    pub fn parse(country: CountryCode, text: &str) -> Result<Self, InvalidNationalId> {
        Self::parse_on(country, text, Clock::system().now().date_naive())
    }

    /// As [`parse`](Self::parse), on a given day: nobody was born in a later year.
    pub fn parse_on(country: CountryCode, text: &str, today: NaiveDate) -> Result<Self, InvalidNationalId> {
        // Longer than any number with blanks; bounds the work.
        let text: String = text.chars().take(65).collect::<String>().to_ascii_uppercase();
        let value = match country {
            CountryCode::RW | CountryCode::VN => bare(&text),
            _ => without_blanks(&text),
        };
        let kind = match country {
            CountryCode::RW => rwandan(&value, today).ok_or(InvalidNationalId::Rwanda)?,
            CountryCode::VN => vietnamese(&value).ok_or(InvalidNationalId::Vietnam)?,
            _ => other(&value).ok_or(InvalidNationalId::Other)?,
        };
        Ok(Self { country, kind, value })
    }

    /// A number we kept earlier, as it was.
    #[must_use]
    pub fn stored(country: CountryCode, kind: NationalIdKind, value: String) -> Self {
        Self { country, kind, value }
    }

    /// The country that gave it.
    #[must_use]
    pub fn country(&self) -> CountryCode {
        self.country
    }

    /// The register it is of.
    #[must_use]
    pub fn kind(&self) -> NationalIdKind {
        self.kind
    }

    /// The number in full, without spaces.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.value
    }

    /// As it is printed on the card: `1 1990 8 0012345 6 01`.
    #[must_use]
    pub fn printed(&self) -> String {
        let widths: &[usize] = match self.kind {
            NationalIdKind::RwNin => &[1, 4, 1, 7, 1, 2],
            NationalIdKind::VnBhyt => &[2, 1, 2, 10],
            _ => return self.value.clone(),
        };
        let mut rest = self.value.as_str();
        let mut groups = Vec::with_capacity(widths.len());
        for width in widths {
            let Some((group, tail)) = rest.split_at_checked(*width) else { return self.value.clone() };
            groups.push(group);
            rest = tail;
        }
        groups.join(" ")
    }

    /// The last two characters behind a mask of one length: `••••••••01`.
    #[must_use]
    pub fn masked(&self) -> String {
        let length = self.value.chars().count();
        let last: String = self.value.chars().skip(length.saturating_sub(2)).collect();
        format!("••••••••{last}")
    }

    /// What does not agree with the person: for the registrar to look at, never a refusal.
    #[must_use]
    pub fn warnings(&self, birth_date: Option<NaiveDate>, sex: Option<Sex>) -> Vec<NationalIdWarning> {
        let (born, of) = self.says();
        let birth_year = born.zip(birth_date).is_some_and(|(year, date)| year != date.year());
        let other_sex = of.zip(sex).is_some_and(|(one, other)| other != Sex::Other && one != other);
        [(birth_year, NationalIdWarning::BirthYear), (other_sex, NationalIdWarning::Sex)]
            .into_iter()
            .filter_map(|(differs, warning)| differs.then_some(warning))
            .collect()
    }

    /// The year of birth and the sex the number itself carries.
    fn says(&self) -> (Option<i32>, Option<Sex>) {
        let digit = |at| self.value.chars().nth(at).and_then(|char| char.to_digit(10));
        match self.kind {
            NationalIdKind::RwNin => {
                let year = self.value.get(1..5).and_then(|year| year.parse().ok());
                let sex = digit(5).map(|digit| if digit == 7 { Sex::Female } else { Sex::Male });
                (year, sex)
            }
            NationalIdKind::VnCccd => {
                // Province (3), century and sex in one digit, year of the century (2), serial (6).
                let year = digit(3).zip(self.value.get(4..6).and_then(|year| year.parse::<i32>().ok()));
                let year = year.map(|(century, year)| 1900 + 100 * (century / 2).cast_signed() + year);
                let sex = digit(3).map(|digit| if digit % 2 == 0 { Sex::Male } else { Sex::Female });
                (year, sex)
            }
            _ => (None, None),
        }
    }
}

/// Status, year of birth, sex, serial, issue count, and two control digits whose rule is secret.
fn rwandan(value: &str, today: NaiveDate) -> Option<NationalIdKind> {
    let year: i32 = value.get(1..5)?.parse().ok()?;
    let fits = digits(value, 16)
        && matches!(value.as_bytes()[0], b'1'..=b'3')
        && (1900..2100).contains(&year)
        && year <= today.year()
        && matches!(value.as_bytes()[5], b'7' | b'8');
    fits.then_some(NationalIdKind::RwNin)
}

fn vietnamese(value: &str) -> Option<NationalIdKind> {
    match value.len() {
        12 if digits(value, 12) => Some(NationalIdKind::VnCccd),
        10 if digits(value, 10) => Some(NationalIdKind::VnBhxh),
        15 => {
            let (subject, rest) = value.split_at_checked(2)?;
            // Subject group, benefit level, province (merged in 2025: any two digits), social insurance number.
            let fits = subject.bytes().all(|byte| byte.is_ascii_uppercase())
                && digits(rest, 13)
                && matches!(rest.as_bytes()[0], b'1'..=b'5');
            fits.then_some(NationalIdKind::VnBhyt)
        }
        _ => None,
    }
}

fn other(value: &str) -> Option<NationalIdKind> {
    let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
    let fits = (4..=32).contains(&value.len()) && value.bytes().all(allowed);
    fits.then_some(NationalIdKind::Other)
}

fn digits(value: &str, length: usize) -> bool {
    value.len() == length && value.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Debug for NationalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

#[cfg(test)]
mod tests;
