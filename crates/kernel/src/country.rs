//! Countries by their ISO 3166 alpha-2 code, with the phone region and time zone they imply.

use std::fmt;
use std::str::FromStr;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// A country.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CountryCode(phonenumber::country::Id);

/// Not the code of a country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an ISO 3166 country code such as RW")]
pub struct UnknownCountry;

impl CountryCode {
    /// Rwanda.
    pub const RW: Self = Self(phonenumber::country::Id::RW);
    /// Vietnam.
    pub const VN: Self = Self(phonenumber::country::Id::VN);
    /// Romania.
    pub const RO: Self = Self(phonenumber::country::Id::RO);
    /// Bangladesh.
    pub const BD: Self = Self(phonenumber::country::Id::BD);
    /// Kenya.
    pub const KE: Self = Self(phonenumber::country::Id::KE);

    /// Reads an upper-case alpha-2 code.
    pub fn parse(code: &str) -> Result<Self, UnknownCountry> {
        code.parse().map(Self).map_err(|_| UnknownCountry)
    }

    /// The alpha-2 code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_ref()
    }

    /// The time zone an organization there has unless it says otherwise; UTC where there is none to assume.
    #[must_use]
    pub fn default_time_zone(&self) -> Tz {
        match self.as_str() {
            "RW" => Tz::Africa__Kigali,
            "BI" => Tz::Africa__Bujumbura,
            "CD" => Tz::Africa__Kinshasa,
            "KE" => Tz::Africa__Nairobi,
            "TZ" => Tz::Africa__Dar_es_Salaam,
            "UG" => Tz::Africa__Kampala,
            "BD" => Tz::Asia__Dhaka,
            "VN" => Tz::Asia__Ho_Chi_Minh,
            "RO" => Tz::Europe__Bucharest,
            _ => Tz::UTC,
        }
    }

    /// The region whose numbering plan a phone number without a country prefix follows.
    pub(crate) fn phone_region(self) -> phonenumber::country::Id {
        self.0
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl PartialOrd for CountryCode {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for CountryCode {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl FromStr for CountryCode {
    type Err = UnknownCountry;

    fn from_str(code: &str) -> Result<Self, UnknownCountry> {
        Self::parse(code)
    }
}

impl TryFrom<String> for CountryCode {
    type Error = UnknownCountry;

    fn try_from(code: String) -> Result<Self, UnknownCountry> {
        Self::parse(&code)
    }
}

impl From<CountryCode> for String {
    fn from(country: CountryCode) -> Self {
        country.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_upper_case_and_known() {
        assert_eq!(CountryCode::parse("RW"), Ok(CountryCode::RW));
        assert_eq!(CountryCode::VN.to_string(), "VN");
        for code in ["", "rw", "RWA", "ZZ", "R", "001"] {
            assert_eq!(CountryCode::parse(code), Err(UnknownCountry), "{code}");
        }
    }

    #[test]
    fn zones_are_of_the_country() {
        assert_eq!(CountryCode::RW.default_time_zone(), Tz::Africa__Kigali);
        assert_eq!(CountryCode::parse("FR").unwrap().default_time_zone(), Tz::UTC);
    }
}
