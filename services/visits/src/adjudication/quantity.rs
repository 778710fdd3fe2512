//! How much of a service or a medicine: exact, so that no decimal of a price is lost.

use std::fmt;

use careway_kernel::{InvalidMoney, money::MAX_MINOR};
use serde::{Deserialize, Serialize};

/// More than 0 and at most 999,999, exact to three decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Quantity(i64);

/// Not a quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be more than 0, at most 999999, with at most three decimals, like 2.5")]
pub(crate) struct InvalidQuantity;

impl Quantity {
    /// One.
    pub(crate) const ONE: Self = Self(1_000);
    /// The largest.
    pub(crate) const MOST: Self = Self(999_999_000);

    /// Reads a plain decimal: `2`, `0.5`, `1.125`.
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidQuantity> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str, most| {
            (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !digits(whole, 6) || !digits(decimals, 3) {
            return Err(InvalidQuantity);
        }
        let thousandths = format!("{whole}{decimals:0<3}").parse().map_err(|_| InvalidQuantity)?;
        Self::from_thousandths(thousandths).ok_or(InvalidQuantity)
    }

    /// None of nothing, of less, and of more than there may be.
    pub(crate) fn from_thousandths(thousandths: i64) -> Option<Self> {
        (1..=Self::MOST.0).contains(&thousandths).then_some(Self(thousandths))
    }

    /// So many whole ones, at most as many as there may be; none of nothing.
    pub(crate) fn of_times(times: i64) -> Option<Self> {
        Self::from_thousandths(times.saturating_mul(1_000).min(Self::MOST.0))
    }

    /// In thousandths.
    pub(crate) const fn thousandths(self) -> i64 {
        self.0
    }

    /// What it takes of a limit that counts times: what was begun counts as one.
    pub(crate) const fn times(self) -> i64 {
        (self.0 + 999) / 1_000
    }

    /// What so much costs at a price of one that is not negative, rounded once, half up. What is let in was checked
    /// with [`checked_price`](Self::checked_price); beyond the bounds of money this stays at their end.
    pub(crate) fn price(self, unit_price: i64) -> i64 {
        self.checked_price(unit_price).unwrap_or(MAX_MINOR)
    }

    /// What so much costs, unless that is beyond the bounds of money.
    pub(crate) fn checked_price(self, unit_price: i64) -> Result<i64, InvalidMoney> {
        let minor = (i128::from(self.0) * i128::from(unit_price) + 500) / 1_000;
        let minor = i64::try_from(minor).map_err(|_| InvalidMoney::Bounds)?;
        if minor > MAX_MINOR { Err(InvalidMoney::Bounds) } else { Ok(minor) }
    }
}

/// As it is read: `2`, `0.5`.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, thousandths) = (self.0 / 1_000, self.0 % 1_000);
        if thousandths == 0 {
            return write!(f, "{whole}");
        }
        let decimals = format!("{thousandths:03}");
        write!(f, "{whole}.{}", decimals.trim_end_matches('0'))
    }
}

impl TryFrom<String> for Quantity {
    type Error = InvalidQuantity;

    fn try_from(text: String) -> Result<Self, InvalidQuantity> {
        Self::parse(&text)
    }
}

impl From<Quantity> for String {
    fn from(quantity: Quantity) -> Self {
        quantity.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bounds_and_decimals() {
        let thousandths = |text| Quantity::parse(text).map(Quantity::thousandths);
        assert_eq!(thousandths("2"), Ok(2_000));
        assert_eq!(thousandths("0.001"), Ok(1));
        assert_eq!(thousandths("1.5"), Ok(1_500));
        assert_eq!(thousandths("999999"), Ok(Quantity::MOST.thousandths()));
        for text in [
            "",
            "0",
            "0.000",
            "-1",
            "+1",
            "1.",
            ".5",
            "1.0001",
            "1e3",
            "1,5",
            " 1",
            "999999.001",
            "1000000",
            "½",
        ] {
            assert_eq!(Quantity::parse(text), Err(InvalidQuantity), "{text}");
        }
    }

    #[test]
    fn what_was_begun_counts_as_one() {
        let times = |text| Quantity::parse(text).unwrap().times();
        assert_eq!([times("0.001"), times("1"), times("1.001"), times("2.999")], [1, 1, 2, 3]);
        assert_eq!(Quantity::of_times(0), None);
        assert_eq!(Quantity::of_times(i64::MAX), Some(Quantity::MOST));
    }

    #[test]
    fn a_price_is_exact_and_rounded_once_half_up() {
        let price = |text, unit| Quantity::parse(text).unwrap().price(unit);
        assert_eq!(price("2.5", 333), 833); // 832.5
        assert_eq!(price("2.499", 333), 832); // 832.167
        assert_eq!(price("0.001", 500), 1); // 0.5
        assert_eq!(price("0.001", 499), 0);
        assert_eq!(price("999999", 0), 0);
    }

    #[test]
    fn a_price_beyond_the_bounds_of_money_is_told() {
        assert_eq!(Quantity::MOST.checked_price(MAX_MINOR), Err(InvalidMoney::Bounds));
        assert_eq!(Quantity::MOST.checked_price(i64::MAX), Err(InvalidMoney::Bounds));
        assert_eq!(Quantity::ONE.checked_price(MAX_MINOR), Ok(MAX_MINOR));
        assert_eq!(Quantity::MOST.price(i64::MAX), MAX_MINOR);
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(thousandths in 1..=Quantity::MOST.0) {
            let quantity = Quantity(thousandths);
            prop_assert_eq!(Quantity::parse(&quantity.to_string()), Ok(quantity));
            let json = serde_json::to_string(&quantity).unwrap();
            prop_assert_eq!(serde_json::from_str::<Quantity>(&json).unwrap(), quantity);
        }
    }
}
