//! A share of a hundred, exact to a hundredth.

use std::fmt;

use serde::{Deserialize, Serialize};

/// From 0 to 100 per cent, in hundredths of a per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Percent(u16);

/// Not a percentage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a percentage from 0 to 100 with at most two decimals")]
pub struct InvalidPercent;

impl Percent {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// All of it.
    pub const WHOLE: Self = Self(10_000);

    /// From hundredths of a per cent, which are basis points: 8000 is 80 %.
    pub fn from_hundredths(hundredths: impl TryInto<u16>) -> Result<Self, InvalidPercent> {
        match hundredths.try_into() {
            Ok(hundredths) if hundredths <= Self::WHOLE.0 => Ok(Self(hundredths)),
            _ => Err(InvalidPercent),
        }
    }

    /// Reads `80`, `12.5` or `33.33`.
    pub fn parse(text: &str) -> Result<Self, InvalidPercent> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(decimals) || whole.len() > 3 || decimals.len() > 2 {
            return Err(InvalidPercent);
        }
        let hundredths: u32 = format!("{whole}{decimals:0<2}").parse().map_err(|_| InvalidPercent)?;
        Self::from_hundredths(hundredths)
    }

    /// Hundredths of a per cent.
    #[must_use]
    pub const fn hundredths(self) -> u16 {
        self.0
    }

    /// What is left of the whole.
    #[must_use]
    pub const fn rest(self) -> Self {
        Self(Self::WHOLE.0 - self.0)
    }
}

/// As the contract writes it, without the sign: `80`, `12.5`.
impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, decimals) = (self.0 / 100, self.0 % 100);
        match decimals {
            0 => write!(f, "{whole}"),
            d if d.is_multiple_of(10) => write!(f, "{whole}.{}", d / 10),
            d => write!(f, "{whole}.{d:02}"),
        }
    }
}

impl TryFrom<u16> for Percent {
    type Error = InvalidPercent;

    fn try_from(hundredths: u16) -> Result<Self, InvalidPercent> {
        Self::from_hundredths(hundredths)
    }
}

impl From<Percent> for u16 {
    fn from(percent: Percent) -> Self {
        percent.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bounds_and_decimals() {
        assert_eq!(Percent::parse("100.00"), Ok(Percent::WHOLE));
        assert_eq!(Percent::parse("12.5").unwrap().hundredths(), 1250);
        for text in ["", "100.01", "101", "-1", "1.234", "1e1", "80%", ".5", "5."] {
            assert_eq!(Percent::parse(text), Err(InvalidPercent), "{text}");
        }
        assert_eq!(Percent::from_hundredths(-1_i32), Err(InvalidPercent));
        assert_eq!(Percent::from_hundredths(10_001_i64), Err(InvalidPercent));
        assert_eq!(Percent::parse("80").unwrap().rest(), Percent::parse("20").unwrap());
    }

    proptest! {
        #[test]
        fn the_text_comes_back(hundredths in 0..=10_000_u16) {
            let percent = Percent::from_hundredths(hundredths).unwrap();
            prop_assert_eq!(Percent::parse(&percent.to_string()), Ok(percent));
        }
    }
}
