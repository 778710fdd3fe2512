//! Money in integer minor units of an ISO 4217 currency: exact, bounded, never a float.

mod currency;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Percent;
pub use currency::{Currency, UnknownCurrency};

/// No amount is further from zero than this many minor units.
pub const MAX_MINOR: i64 = 1_000_000_000_000_000;

/// Why a text is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMoney {
    /// Unknown currency code.
    #[error(transparent)]
    Currency(#[from] UnknownCurrency),
    /// Not a plain decimal number.
    #[error("must be a decimal number such as 1500")]
    Amount,
    /// More decimals than the currency has.
    #[error("must not have more decimals than the currency")]
    Decimals,
    /// Beyond [`MAX_MINOR`].
    #[error("must not be beyond 10^15 minor units")]
    Bounds,
}

/// Why two amounts cannot be reckoned together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Amounts of two currencies.
    #[error("the amounts are of two currencies")]
    Currencies,
    /// A result beyond [`MAX_MINOR`].
    #[error("the amount would be beyond 10^15 minor units")]
    Bounds,
}

/// An amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// The currency.
    pub currency: Currency,
    /// The amount in the currency's minor unit: cents, or whole francs where there are none.
    pub minor: i64,
}

impl Money {
    /// An amount in minor units.
    #[must_use]
    pub const fn new(currency: Currency, minor: i64) -> Self {
        Self { currency, minor }
    }

    /// Nothing.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self::new(currency, 0)
    }

    /// Reads a currency code and a plain decimal: digits, perhaps a leading `-`, at most the currency's decimals.
    pub fn parse(currency: &str, amount: &str) -> Result<Self, InvalidMoney> {
        let currency = Currency::parse(currency)?;
        let (negative, digits) = match amount.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, amount),
        };
        let (whole, decimals) = match digits.split_once('.') {
            Some((whole, decimals)) if !decimals.is_empty() => (whole, decimals),
            Some(_) => return Err(InvalidMoney::Amount),
            None => (digits, ""),
        };
        if whole.is_empty() || !whole.bytes().chain(decimals.bytes()).all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidMoney::Amount);
        }
        let exponent = currency.exponent() as usize;
        if decimals.len() > exponent {
            return Err(InvalidMoney::Decimals);
        }
        let minor = format!("{whole}{decimals:0<exponent$}");
        let minor: i64 = minor.parse().map_err(|_| InvalidMoney::Bounds)?;
        if minor > MAX_MINOR {
            return Err(InvalidMoney::Bounds);
        }
        Ok(Self::new(currency, if negative { -minor } else { minor }))
    }

    /// The amount as a plain decimal with all the currency's decimals: what [`parse`](Self::parse) reads.
    #[must_use]
    pub fn amount(self) -> String {
        let (sign, whole, decimals) = self.parts();
        format!("{sign}{whole}{decimals}")
    }

    /// Whether there is nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// Whether it is below nothing.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.minor < 0
    }

    /// The sum, unless the currencies differ or it goes out of bounds.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.bounded(i128::from(self.minor) + i128::from(other.minor))
    }

    /// The difference, unless the currencies differ or it goes out of bounds.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.bounded(i128::from(self.minor) - i128::from(other.minor))
    }

    /// The sum of many, in this currency; zero of none.
    pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::checked_add)
    }

    /// The amount times a fraction, rounded once; half a minor unit goes away from zero, so that the share of
    /// a reversed amount is the reversed share. None when out of bounds or `denominator` is not positive.
    #[must_use]
    pub fn scale_half_up(self, numerator: i64, denominator: i64) -> Option<Self> {
        if denominator <= 0 {
            return None;
        }
        let product = i128::from(self.minor) * i128::from(numerator);
        let denominator = i128::from(denominator);
        let rounded = (product.abs() * 2 + denominator) / (denominator * 2);
        self.bounded(rounded * product.signum()).ok()
    }

    /// A share of the amount, rounded once, half up.
    #[must_use]
    pub fn percent_half_up(self, percent: Percent) -> Self {
        // At most the whole, so within the bounds the amount itself is within.
        self.scale_half_up(i64::from(percent.hundredths()), i64::from(Percent::WHOLE.hundredths()))
            .unwrap_or(self)
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency { Ok(()) } else { Err(MoneyError::Currencies) }
    }

    fn bounded(self, minor: i128) -> Result<Self, MoneyError> {
        let minor = i64::try_from(minor).map_err(|_| MoneyError::Bounds)?;
        if minor.abs() > MAX_MINOR {
            return Err(MoneyError::Bounds);
        }
        Ok(Self::new(self.currency, minor))
    }

    fn parts(self) -> (&'static str, u64, String) {
        let (minor, per_major) = (self.minor.unsigned_abs(), self.currency.minor_per_major());
        let width = self.currency.exponent() as usize;
        let decimals = if width == 0 { String::new() } else { format!(".{:0width$}", minor % per_major) };
        (if self.minor < 0 { "-" } else { "" }, minor / per_major, decimals)
    }
}

/// As people read it: `RWF 1,500`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, whole, decimals) = self.parts();
        let digits = whole.to_string();
        write!(f, "{} {sign}", self.currency)?;
        for (at, digit) in digits.chars().enumerate() {
            let comma = if at > 0 && (digits.len() - at).is_multiple_of(3) { "," } else { "" };
            write!(f, "{comma}{digit}")?;
        }
        f.write_str(&decimals)
    }
}

#[cfg(test)]
mod tests;
