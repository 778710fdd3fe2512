//! A line of a pre-authorization: what an amendment does to it, and what is decided. What it asks for, and where its
//! money goes, stands in its row of care.

use careway_kernel::{Currency, Money};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::plans::domain::{Benefit, Preauthorization as Rule};

/// What the last amendment did to a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Change {
    Unchanged,
    Added,
    Changed,
    Cancelled,
}

/// What was decided of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Outcome {
    Pending,
    NotRequired,
    Approved,
    Adjusted,
    Rejected,
    Withdrawn,
}

/// Whether the plan asks for a pre-authorization, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Need {
    /// The plan has nothing to say of it.
    NotInPlan,
    Never,
    Always,
    /// Dearer than so much, in minor units.
    Above {
        amount: i64,
    },
    /// Not dearer than that.
    NotAbove {
        amount: i64,
    },
}

/// A line, kept as JSON with its pre-authorization and read back into this very type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreauthorizationLine {
    /// The row of care; another one after a change, because the ledger holds what a row was approved for.
    pub(crate) id: Uuid,
    /// Kept for ever, and never given to another line.
    pub(crate) sequence: u16,
    pub(crate) change: Change,
    /// None in a draft.
    pub(crate) need: Option<Need>,
    pub(crate) outcome: Outcome,
    /// For how many days it is approved.
    pub(crate) days: Option<u16>,
    /// The approved row that a change took the place of; what that holds is kept until the change is decided.
    pub(crate) former: Option<Uuid>,
}

/// What an amendment asks for. New rows of care have new ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Amendment {
    pub(crate) add: Vec<Uuid>,
    pub(crate) change: Vec<(u16, Uuid)>,
    pub(crate) cancel: Vec<u16>,
}

impl PreauthorizationLine {
    /// A line nothing is decided of.
    pub(crate) fn new(id: Uuid, sequence: u16, change: Change) -> Self {
        Self { id, sequence, change, need: None, outcome: Outcome::Pending, days: None, former: None }
    }

    /// Whether it is approved, as asked for or for less.
    pub(crate) fn is_approved(&self) -> bool {
        matches!(self.outcome, Outcome::Approved | Outcome::Adjusted)
    }

    /// The row whose reservation it keeps.
    pub(crate) fn holds(&self) -> Option<Uuid> {
        if self.is_approved() { Some(self.id) } else { self.former }
    }

    /// Whether it can be amended: a refusal is final, and what is cancelled stays so.
    pub(crate) fn is_open(&self) -> bool {
        !matches!(self.outcome, Outcome::Rejected | Outcome::Withdrawn)
    }

    /// Something else is asked for from now on.
    pub(crate) fn changed(self, id: Uuid) -> Self {
        Self { former: self.holds(), ..Self::new(id, self.sequence, Change::Changed) }
    }

    /// It is no longer asked for.
    pub(crate) fn withdrawn(self) -> Self {
        Self { change: Change::Cancelled, outcome: Outcome::Withdrawn, former: None, ..self }
    }

    /// It was decided.
    pub(crate) fn decided(self, outcome: Outcome, days: Option<u16>) -> Self {
        Self { outcome, days, former: None, ..self }
    }

    /// An amendment left it alone.
    pub(crate) fn left_alone(self) -> Self {
        // What was cancelled goes on saying so: it is still shown, and not asked for.
        let change = if self.outcome == Outcome::Withdrawn { Change::Cancelled } else { Change::Unchanged };
        Self { change, ..self }
    }
}

impl Need {
    /// What the benefit that a line falls under asks for, when the line's own price makes it `needed`.
    pub(crate) fn of(benefit: Option<&Benefit>, needed: bool) -> Self {
        match benefit.map(|benefit| benefit.preauthorization) {
            None => Self::NotInPlan,
            Some(Rule::Never) => Self::Never,
            Some(Rule::Always) => Self::Always,
            Some(Rule::Above(amount)) if needed => Self::Above { amount },
            Some(Rule::Above(amount)) => Self::NotAbove { amount },
        }
    }

    pub(crate) const fn is_needed(self) -> bool {
        matches!(self, Self::Always | Self::Above { .. })
    }

    /// For a person.
    pub(crate) fn words(self, currency: Currency) -> String {
        let money = |minor| Money::new(currency, minor);
        match self {
            Self::NotInPlan => "The plan has no benefit for it.".to_owned(),
            Self::Never => "The plan does not ask for it.".to_owned(),
            Self::Always => "The plan always asks for it.".to_owned(),
            Self::Above { amount } => format!("The plan asks for it above {}.", money(amount)),
            Self::NotAbove { amount } => format!("The plan asks for it only above {}.", money(amount)),
        }
    }
}
