//! Every step of a line's adjudication, as it is kept and shown to the member.

use careway_kernel::{Currency, Money, Percent};
use serde::{Deserialize, Serialize};

use super::{amounts::Share, quantity::Quantity, refusal::Refusal};
use crate::{
    benefits::domain::ledger::Account,
    plans::domain::{Code, Scope, Step, Unit, period::Period},
};

/// What one rule took of a line. The first tells the price; then comes each of the plan's steps, at least once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TraceStep {
    pub(crate) stage: Stage,
    /// What was left of the line before, in minor units.
    pub(crate) before: i64,
    /// Not negative.
    pub(crate) taken: i64,
    pub(crate) after: i64,
    /// What it was taken as; none where nothing was taken.
    pub(crate) share: Option<Share>,
    pub(crate) because: Because,
}

/// The price, then the plan's steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Stage {
    Price,
    TariffCap,
    Exclusions,
    Deductible,
    Copayment,
    Coinsurance,
    CategoryLimit,
    Ceiling,
}

/// The rule that took it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Because {
    /// What was claimed.
    Price {
        quantity: Quantity,
        unit_price: i64,
    },
    /// The agreed price of one.
    Tariff {
        unit_price: i64,
    },
    /// The price of one that the payer's reviewer allowed.
    Review {
        unit_price: i64,
    },
    Refused {
        refusal: Refusal,
    },
    /// What was left of the deductible, or of the limit that is the tightest.
    Account(Bound),
    Copayment {
        amount: i64,
    },
    Coinsurance {
        percent: Percent,
    },
    /// No rule of this step applies.
    Nothing,
}

/// An account, and what was left of it for this line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Bound {
    pub(crate) account: Code,
    pub(crate) scope: Scope,
    pub(crate) period: Period,
    pub(crate) unit: Unit,
    pub(crate) most: i64,
    pub(crate) left: i64,
}

impl Stage {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Price => "PRICE",
            Self::TariffCap => "TARIFF_CAP",
            Self::Exclusions => "EXCLUSIONS",
            Self::Deductible => "DEDUCTIBLE",
            Self::Copayment => "COPAYMENT",
            Self::Coinsurance => "COINSURANCE",
            Self::CategoryLimit => "CATEGORY_LIMIT",
            Self::Ceiling => "CEILING",
        }
    }
}

impl From<Step> for Stage {
    fn from(step: Step) -> Self {
        match step {
            Step::TariffCap => Self::TariffCap,
            Step::Exclusions => Self::Exclusions,
            Step::Deductible => Self::Deductible,
            Step::Copayment => Self::Copayment,
            Step::Coinsurance => Self::Coinsurance,
            Step::CategoryLimit => Self::CategoryLimit,
            Step::Ceiling => Self::Ceiling,
        }
    }
}

impl Bound {
    pub(super) fn new(account: &Account, most: i64, left: i64) -> Self {
        let Account { code, scope, period, unit, .. } = account;
        Self { account: code.clone(), scope: *scope, period: *period, unit: *unit, most, left }
    }
}

impl Because {
    /// For a person, with the amounts in the plan's currency.
    pub(crate) fn words(&self, currency: Currency) -> String {
        let money = |minor| Money::new(currency, minor);
        match self {
            Self::Price { quantity, unit_price } => format!("{quantity} at {}", money(*unit_price)),
            Self::Tariff { unit_price } => format!("{} is agreed for one", money(*unit_price)),
            Self::Review { unit_price } => {
                format!("the payer's reviewer allowed {} for one", money(*unit_price))
            }
            Self::Refused { refusal } => refusal.entry().title.to_owned(),
            Self::Account(bound) => bound.words(currency),
            Self::Copayment { amount } => format!("{} of a line is the patient's", money(*amount)),
            Self::Coinsurance { percent } => format!("{percent} % is the patient's"),
            Self::Nothing => "nothing to take".to_owned(),
        }
    }
}

impl Bound {
    /// A number of its unit, for a person.
    pub(crate) fn shown(&self, value: i64, currency: Currency) -> String {
        match self.unit {
            Unit::Amount => Money::new(currency, value).to_string(),
            Unit::Count => value.to_string(),
        }
    }

    fn words(&self, currency: Currency) -> String {
        let shown = |value| self.shown(value, currency);
        let of = match self.scope {
            Scope::Member => "member",
            Scope::Family => "family",
        };
        let per = match self.period {
            Period::Visit => "a visit",
            Period::Day => "a day",
            Period::Month => "a month",
            Period::PolicyYear => "a policy year",
            Period::Lifetime => "a lifetime",
        };
        let (left, most, account) = (shown(self.left), shown(self.most), self.account.as_str());
        format!("{left} was left of {account}: {most} {per} of the {of}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_is_told_in_words() {
        let words = |because: Because| because.words(Currency::Rwf);
        let half = Quantity::parse("2.5").unwrap();
        assert_eq!(words(Because::Price { quantity: half, unit_price: 4_000 }), "2.5 at RWF 4,000");
        let percent = Percent::parse("10").unwrap();
        assert_eq!(words(Because::Coinsurance { percent }), "10 % is the patient's");
        let bound = Bound {
            account: Code::parse("CONSULTATION").unwrap(),
            scope: Scope::Family,
            period: Period::PolicyYear,
            unit: Unit::Amount,
            most: 50_000,
            left: 900,
        };
        assert_eq!(
            words(Because::Account(bound.clone())),
            "RWF 900 was left of CONSULTATION: RWF 50,000 a policy year of the family"
        );
        let counted = Bound { unit: Unit::Count, most: 5, left: 1, scope: Scope::Member, ..bound };
        assert_eq!(
            words(Because::Account(counted)),
            "1 was left of CONSULTATION: 5 a policy year of the member"
        );
    }

    #[test]
    fn stages_are_named_as_the_plans_steps() {
        for step in Step::DEFAULT_ORDER {
            let kept = serde_json::to_value(step).unwrap();
            assert_eq!(serde_json::to_value(Stage::from(step)).unwrap(), kept);
            assert_eq!(Stage::from(step).as_str(), kept);
        }
        assert_eq!(Stage::Price.as_str(), "PRICE");
    }
}
