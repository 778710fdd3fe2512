//! Where the money of a line goes: the parts that are taken from it, and what is left to the payer.

use serde::{Deserialize, Serialize};

/// Where the money goes, in minor units. All of `submitted` is in exactly one of the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Amounts {
    /// Quantity times price, as claimed.
    pub(crate) submitted: i64,
    /// The facility's loss, never the patient's: above the tariff, or refused for what the facility did or left undone.
    pub(crate) write_off: i64,
    /// What the plan does not cover.
    pub(crate) not_covered: i64,
    /// What the patient pays first in a period.
    pub(crate) deductible: i64,
    /// The patient's fixed amount.
    pub(crate) copay: i64,
    /// The patient's share in per cent.
    pub(crate) coinsurance: i64,
    /// Beyond the benefit's own limits.
    pub(crate) over_category: i64,
    /// Beyond a ceiling.
    pub(crate) over_ceiling: i64,
    pub(crate) payer: i64,
}

/// The parts that are taken from a line before the payer pays the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Share {
    WriteOff,
    NotCovered,
    Deductible,
    Copay,
    Coinsurance,
    OverCategory,
    OverCeiling,
}

impl Amounts {
    /// What the patient pays: everything but the facility's loss and the payer's part.
    pub(crate) const fn patient(&self) -> i64 {
        self.not_covered
            + self.deductible
            + self.copay
            + self.coinsurance
            + self.over_category
            + self.over_ceiling
    }

    /// Adds to one part.
    pub(super) fn add(&mut self, share: Share, amount: i64) {
        *match share {
            Share::WriteOff => &mut self.write_off,
            Share::NotCovered => &mut self.not_covered,
            Share::Deductible => &mut self.deductible,
            Share::Copay => &mut self.copay,
            Share::Coinsurance => &mut self.coinsurance,
            Share::OverCategory => &mut self.over_category,
            Share::OverCeiling => &mut self.over_ceiling,
        } += amount;
    }
}

impl std::ops::Add for Amounts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            submitted: self.submitted + other.submitted,
            write_off: self.write_off + other.write_off,
            not_covered: self.not_covered + other.not_covered,
            deductible: self.deductible + other.deductible,
            copay: self.copay + other.copay,
            coinsurance: self.coinsurance + other.coinsurance,
            over_category: self.over_category + other.over_category,
            over_ceiling: self.over_ceiling + other.over_ceiling,
            payer: self.payer + other.payer,
        }
    }
}

impl Share {
    /// Every one.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 7] = [
        Self::WriteOff,
        Self::NotCovered,
        Self::Deductible,
        Self::Copay,
        Self::Coinsurance,
        Self::OverCategory,
        Self::OverCeiling,
    ];
}
