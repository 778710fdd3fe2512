//! What an edit makes of a price: reckoned exactly, rounded once.

use careway_kernel::{Currency, InvalidMoney, Money};

/// Ten-thousandths of a percent in a whole.
const WHOLE: i128 = 1_000_000;
/// Decimals that a percentage may have.
const PERCENT_DECIMALS: usize = 4;

/// What is done to a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edit {
    /// It becomes so much.
    Set(Money),
    /// So much more, or less.
    Add(Money),
    /// So many percent more, or less, in ten-thousandths of a percent.
    Percent(i64),
    /// It becomes the provider's own price.
    CopyFromBase,
    /// There is none any more.
    Remove,
}

/// To which side a price is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum RoundingMode {
    #[default]
    HalfUp,
    Up,
    Down,
}

/// How a price is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rounding {
    /// To multiples of this, in minor units; at least one.
    to: i64,
    mode: RoundingMode,
}

/// Why a price cannot be edited so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PriceRefusal {
    #[error("must be a decimal number such as 1500")]
    MalformedAmount,
    #[error("must not have more decimals than the currency, a percentage not more than four")]
    TooManyDecimals,
    #[error("must be above zero")]
    IncrementNotPositive,
    #[error("must not be below -100")]
    PercentBelowMinus100,
    #[error("The price would be below zero.")]
    PriceNegative,
    #[error("The price would be beyond what an amount may be.")]
    PriceTooHigh,
    #[error("There is no price to start from.")]
    NoPrice,
    #[error("The amount is of another currency than the price.")]
    CurrencyDiffers,
}

impl PriceRefusal {
    /// Its stable name.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::MalformedAmount => "MALFORMED_AMOUNT",
            Self::TooManyDecimals => "TOO_MANY_DECIMALS",
            Self::IncrementNotPositive => "INCREMENT_NOT_POSITIVE",
            Self::PercentBelowMinus100 => "PERCENT_BELOW_MINUS_100",
            Self::PriceNegative => "PRICE_NEGATIVE",
            Self::PriceTooHigh => "PRICE_TOO_HIGH",
            Self::NoPrice => "NO_PRICE",
            Self::CurrencyDiffers => "CURRENCY_DIFFERS",
        }
    }
}

/// Reads an amount of this currency.
pub(crate) fn parse_amount(currency: Currency, text: &str) -> Result<Money, PriceRefusal> {
    Money::parse(currency.code(), text).map_err(|invalid| match invalid {
        InvalidMoney::Currency(_) | InvalidMoney::Amount => PriceRefusal::MalformedAmount,
        InvalidMoney::Decimals => PriceRefusal::TooManyDecimals,
        InvalidMoney::Bounds => PriceRefusal::PriceTooHigh,
    })
}

/// Reads a percentage into ten-thousandths of a percent. It may be above 100, unlike a share.
pub(crate) fn parse_percent(text: &str) -> Result<i64, PriceRefusal> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(whole) || !plain(decimals) {
        return Err(PriceRefusal::MalformedAmount);
    }
    if decimals.len() > PERCENT_DECIMALS {
        return Err(PriceRefusal::TooManyDecimals);
    }
    let parsed: i64 =
        format!("{whole}{decimals:0<PERCENT_DECIMALS$}").parse().map_err(|_| PriceRefusal::PriceTooHigh)?;
    let percent = sign * parsed;
    if i128::from(percent) < -WHOLE { Err(PriceRefusal::PercentBelowMinus100) } else { Ok(percent) }
}

impl Rounding {
    /// To the currency's minor unit.
    pub(crate) const MINOR: Self = Self { to: 1, mode: RoundingMode::HalfUp };

    /// To multiples of an amount.
    pub(crate) fn to(increment: Money, mode: RoundingMode) -> Result<Self, PriceRefusal> {
        if increment.minor > 0 {
            Ok(Self { to: increment.minor, mode })
        } else {
            Err(PriceRefusal::IncrementNotPositive)
        }
    }

    /// A fraction of minor units that is not below zero, rounded.
    fn round(self, numerator: i128, denominator: i128) -> i128 {
        let step = denominator * i128::from(self.to);
        let steps = match self.mode {
            RoundingMode::HalfUp => (2 * numerator + step) / (2 * step),
            RoundingMode::Up => (numerator + step - 1) / step,
            RoundingMode::Down => numerator / step,
        };
        steps * i128::from(self.to)
    }
}

impl Edit {
    /// The price afterwards; none when it is taken away.
    pub(crate) fn apply(
        self,
        before: Option<Money>,
        base: Option<Money>,
        rounding: Rounding,
    ) -> Result<Option<Money>, PriceRefusal> {
        let (currency, exact) = match self {
            Self::Remove => return Ok(None),
            Self::Set(amount) => (amount.currency, i128::from(amount.minor) * WHOLE),
            Self::CopyFromBase => {
                let base = base.ok_or(PriceRefusal::NoPrice)?;
                (base.currency, i128::from(base.minor) * WHOLE)
            }
            Self::Add(amount) => {
                let before = before.ok_or(PriceRefusal::NoPrice)?;
                if before.currency != amount.currency {
                    return Err(PriceRefusal::CurrencyDiffers);
                }
                (before.currency, (i128::from(before.minor) + i128::from(amount.minor)) * WHOLE)
            }
            Self::Percent(percent) => {
                let before = before.ok_or(PriceRefusal::NoPrice)?;
                (before.currency, i128::from(before.minor) * (WHOLE + i128::from(percent)))
            }
        };
        if exact < 0 {
            return Err(PriceRefusal::PriceNegative);
        }
        let minor = rounding.round(exact, WHOLE);
        let minor = i64::try_from(minor).map_err(|_| PriceRefusal::PriceTooHigh)?;
        // The sum with nothing is refused when it is out of bounds.
        let price = Money::zero(currency).checked_add(Money::new(currency, minor));
        price.map(Some).map_err(|_| PriceRefusal::PriceTooHigh)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::vectors;

    fn rounding(currency: Currency, given: &Value) -> Result<Rounding, PriceRefusal> {
        let Some(to) = given["to"].as_str() else { return Ok(Rounding::MINOR) };
        let mode = match given["mode"].as_str() {
            None => RoundingMode::HalfUp,
            Some("UP") => RoundingMode::Up,
            Some("DOWN") => RoundingMode::Down,
            Some(other) => panic!("{other}"),
        };
        Rounding::to(parse_amount(currency, to)?, mode)
    }

    fn edited(row: &Value) -> Result<String, PriceRefusal> {
        let currency = Currency::parse(row["currency"].as_str().unwrap()).unwrap();
        let before = parse_amount(currency, row["before"].as_str().unwrap())?;
        let text = |name: &str| row["edit"][name].as_str();
        let edit = match (text("set"), text("add"), text("percent")) {
            (Some(amount), ..) => Edit::Set(parse_amount(currency, amount)?),
            (_, Some(amount), _) => Edit::Add(parse_amount(currency, amount)?),
            (.., Some(percent)) => Edit::Percent(parse_percent(percent)?),
            _ => panic!("no edit: {row}"),
        };
        let after = edit.apply(Some(before), None, rounding(currency, &row["rounding"])?)?;
        Ok(after.unwrap().amount())
    }

    #[test]
    fn every_vector() {
        let rows = vectors::read("prices.jsonl");
        assert_eq!(rows.len(), 29);
        for row in rows {
            let expected = match row["refused"].as_str() {
                Some(refused) => Err(refused.to_owned()),
                None => Ok(row["after"].as_str().unwrap().to_owned()),
            };
            assert_eq!(edited(&row).map_err(|refusal| refusal.code().to_owned()), expected, "{row}");
        }
    }

    #[test]
    fn the_own_list_is_copied_and_a_price_is_taken_away() {
        let price = |minor| Some(Money::new(Currency::Ron, minor));
        let half = Rounding::to(Money::new(Currency::Ron, 50), RoundingMode::HalfUp).unwrap();
        assert_eq!(Edit::CopyFromBase.apply(None, price(1025), half), Ok(price(1050)));
        assert_eq!(Edit::CopyFromBase.apply(price(1), None, half), Err(PriceRefusal::NoPrice));
        assert_eq!(Edit::Remove.apply(price(1), None, half), Ok(None));
        assert_eq!(Edit::Percent(0).apply(None, price(1), half), Err(PriceRefusal::NoPrice));
        let euro = Edit::Add(Money::new(Currency::Eur, 1));
        assert_eq!(euro.apply(price(1), None, half), Err(PriceRefusal::CurrencyDiffers));
    }
}
