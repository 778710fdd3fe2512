//! Why nothing can be done with a claim now.

use careway_kernel::ClaimId;
use chrono::NaiveDate;

use super::State;

/// A rule of claims said no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ClaimRefusal {
    #[error("The claim is {}; this needs {needs}.", .is.as_str())]
    WrongState { is: State, needs: String },
    #[error("The member disputes the visit: its claims are frozen.")]
    Disputed,
    #[error("The payer takes no claim for this care any more; the last day was {by}.")]
    SubmittedLate { by: NaiveDate },
    #[error("The decision can no longer be appealed; the last day was {by}.")]
    AppealedLate { by: NaiveDate },
    #[error("The claim was resubmitted already.")]
    AlreadyResubmitted { by: ClaimId },
    #[error("The payer lets a claim be resubmitted {most} times.")]
    ResubmissionsExhausted { most: i32 },
    #[error("The claim was corrected already.")]
    AlreadyCorrected { by: Option<ClaimId> },
    #[error("The contract lets the claim be corrected no more; the last day was {by}.")]
    CorrectedLate { by: NaiveDate },
    #[error("An overturned decision never pays less than the first.")]
    AppealPaysLess,
    #[error("Nothing of the claim is due.")]
    NothingDue { claim: ClaimId },
    #[error("The payer has not decided yet.")]
    NotDecided,
    #[error("The same was claimed already.")]
    Duplicate { of: ClaimId, number: String },
}

impl ClaimRefusal {
    pub(crate) fn wrong_state(is: State, needs: &str) -> Self {
        Self::WrongState { is, needs: needs.to_owned() }
    }

    /// It would have to be in one of these.
    pub(crate) fn wrong_state_among(is: State, needs: &[State]) -> Self {
        let (last, others) = needs.split_last().map_or(("", &[][..]), |(last, rest)| (last.as_str(), rest));
        let others: Vec<&str> = others.iter().map(|state| state.as_str()).collect();
        let needs =
            if others.is_empty() { last.to_owned() } else { format!("{} or {last}", others.join(", ")) };
        Self::WrongState { is, needs }
    }

    /// The code of the catalogue of refusals that says the same of a line.
    pub(crate) const fn code(&self) -> Option<&'static str> {
        match self {
            Self::SubmittedLate { .. } => Some("TIME-001"),
            Self::CorrectedLate { .. } => Some("TIME-004"),
            Self::Duplicate { .. } => Some("DUPL-001"),
            _ => None,
        }
    }
}
