//! What adjudication says: where the money of every line goes, and what the ledger is to keep.

use serde::{Deserialize, Serialize};

use super::{amounts::Amounts, quantity::Quantity, refusal::Refused, trace::TraceStep};
use crate::{
    benefits::domain::posting::{Cause, Posting},
    plans::domain::Code,
};

/// What became of a line, or of all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Determination {
    /// As claimed. What the patient pays by the plan's own shares is no refusal, even when that is all of it.
    Approved,
    /// With a refusal of some part.
    PartiallyApproved,
    /// Refused outright, or beyond limits of which nothing is left: it takes nothing from any account, and may be claimed
    /// again.
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
    pub(crate) determination: Determination,
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
    pub(crate) determination: Determination,
}

impl Outcome {
    pub(super) fn of(lines: Vec<LineOutcome>) -> Self {
        let totals = lines.iter().fold(Amounts::default(), |sum, line| sum + line.amounts);
        let all = |determination| lines.iter().all(|line| line.determination == determination);
        // What the payer pays nothing of is not approved in part: what stands of it is left to the patient by the plan.
        let determination = if !lines.is_empty() && all(Determination::Rejected) {
            Determination::Rejected
        } else if all(Determination::Approved) || totals.payer == 0 {
            Determination::Approved
        } else {
            Determination::PartiallyApproved
        };
        Self { lines, totals, determination }
    }

    /// What the ledger is to keep, line by line.
    pub(crate) fn postings(&self) -> impl Iterator<Item = &Posting> {
        self.lines.iter().flat_map(|line| &line.postings)
    }
}

impl Determination {
    pub(crate) const ALL: [Self; 3] = [Self::Approved, Self::PartiallyApproved, Self::Rejected];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "APPROVED",
            Self::PartiallyApproved => "PARTIALLY_APPROVED",
            Self::Rejected => "REJECTED",
        }
    }
}
