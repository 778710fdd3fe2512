//! What adjudication says: where the money of every line goes, and what the ledger is to keep.

use serde::{Deserialize, Serialize};

use super::{quantity::Quantity, refusal::Refused, trace::TraceStep};
use crate::{
    benefits::domain::posting::{Cause, Posting},
    plans::domain::Code,
};

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

/// What became of a line, or of all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Verdict {
    /// As claimed. What the patient pays by the plan's own shares is no refusal, even when that is all of it.
    Approved,
    /// With a refusal of some part. What is beyond a limit of money was covered care, even when that is all of it.
    PartiallyApproved,
    /// Refused outright: it takes nothing from any account, and may be claimed again.
    Rejected,
}

/// What became of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LineOutcome {
    pub(crate) cause: Cause,
    pub(crate) number: u16,
    /// The plan's benefit it falls under, covered or not.
    pub(crate) benefit: Option<Code>,
    /// Whether the plan wants the payer asked first.
    pub(crate) needs_approval: bool,
    pub(crate) verdict: Verdict,
    /// What was approved of the quantity; none when rejected.
    pub(crate) quantity: Option<Quantity>,
    /// The price of what was approved, before any share of the patient: what it takes from an approval's amount.
    pub(crate) allowed: i64,
    /// Whether its approval was good, so that the line draws on it.
    pub(crate) draws: bool,
    pub(crate) amounts: Amounts,
    pub(crate) refusals: Vec<Refused>,
    pub(crate) trace: Vec<TraceStep>,
    /// What it takes from the accounts.
    pub(crate) postings: Vec<Posting>,
}

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// By number.
    pub(crate) lines: Vec<LineOutcome>,
    /// The sums of the lines'.
    pub(crate) totals: Amounts,
    pub(crate) verdict: Verdict,
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

impl Outcome {
    pub(super) fn of(lines: Vec<LineOutcome>) -> Self {
        let totals = lines.iter().fold(Amounts::default(), |sum, line| sum + line.amounts);
        let all = |verdict| lines.iter().all(|line| line.verdict == verdict);
        let verdict = if all(Verdict::Approved) {
            Verdict::Approved
        } else if all(Verdict::Rejected) {
            Verdict::Rejected
        } else {
            Verdict::PartiallyApproved
        };
        Self { lines, totals, verdict }
    }

    /// What the ledger is to keep, line by line.
    pub(crate) fn postings(&self) -> impl Iterator<Item = &Posting> {
        self.lines.iter().flat_map(|line| &line.postings)
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

impl Verdict {
    pub(crate) const ALL: [Self; 3] = [Self::Approved, Self::PartiallyApproved, Self::Rejected];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "APPROVED",
            Self::PartiallyApproved => "PARTIALLY_APPROVED",
            Self::Rejected => "REJECTED",
        }
    }
}
