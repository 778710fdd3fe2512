//! Why nothing can be done with a claim now: every such refusal, with its code and reason.

use careway_kernel::{ClaimId, OrganizationId};
use careway_service::{Error, Kind};
use chrono::NaiveDate;

use super::domain::State;

/// A rule of claims said no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ClaimError {
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
    #[error("An overturned decision never pays less than the first.")]
    AppealPaysLess,
    #[error("Nothing of the claim is due.")]
    NothingDue { claim: ClaimId },
    #[error("The payer has not decided yet.")]
    NotDecided,
    #[error("The same was claimed already.")]
    Duplicate { of: ClaimId, number: String },
}

impl ClaimError {
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

    pub(crate) const fn reason(&self) -> &'static str {
        match self {
            Self::WrongState { .. } => "WRONG_STATE",
            Self::Disputed => "VISIT_DISPUTED",
            Self::SubmittedLate { .. } => "SUBMISSION_TOO_LATE",
            Self::AppealedLate { .. } => "APPEAL_TOO_LATE",
            Self::AlreadyResubmitted { .. } => "ALREADY_RESUBMITTED",
            Self::ResubmissionsExhausted { .. } => "RESUBMISSIONS_EXHAUSTED",
            Self::AppealPaysLess => "APPEAL_PAYS_LESS",
            Self::NothingDue { .. } => "CLAIM_NOT_PAYABLE",
            Self::NotDecided => "CLAIM_NOT_DECIDED",
            Self::Duplicate { .. } => "DUPLICATE_CLAIM",
        }
    }

    /// The code of the catalogue of refusals that says the same of a line.
    const fn code(&self) -> Option<&'static str> {
        match self {
            Self::SubmittedLate { .. } => Some("TIME-001"),
            Self::Duplicate { .. } => Some("DUPL-001"),
            _ => None,
        }
    }
}

impl From<ClaimError> for Error {
    fn from(refusal: ClaimError) -> Self {
        let kind = match &refusal {
            ClaimError::Duplicate { .. } => Kind::Conflict,
            _ => Kind::Refused,
        };
        let mut error = Self::new(kind, refusal.reason(), refusal.to_string());
        if let Some(code) = refusal.code() {
            error = error.with("code", code);
        }
        match refusal {
            ClaimError::WrongState { is, needs } => error.with("state", is.as_str()).with("needs", needs),
            ClaimError::SubmittedLate { by } | ClaimError::AppealedLate { by } => error.with("deadline", by),
            ClaimError::AlreadyResubmitted { by } => error.with("claimId", by),
            ClaimError::NothingDue { claim } => error.with("claimId", claim),
            ClaimError::Duplicate { of, number } => error.with("claimId", of).with("claimNumber", number),
            _ => error,
        }
    }
}

/// Why a claim could not be written.
#[derive(Debug)]
pub(crate) enum WriteError {
    /// Another claim of the facility has the reference, with this payer.
    ReferenceTaken {
        payer: OrganizationId,
    },
    Refused(ClaimError),
    Other(Error),
}

impl From<ClaimError> for WriteError {
    fn from(refusal: ClaimError) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Error> for WriteError {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl From<WriteError> for Error {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::ReferenceTaken { .. } => {
                Self::new(Kind::Conflict, "DUPLICATE_CLAIM", "Another claim has this reference.")
            }
            WriteError::Refused(refusal) => refusal.into(),
            WriteError::Other(error) => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_states_it_needs() {
        let needs = [State::Draft, State::InReview, State::Approved];
        let error = Error::from(ClaimError::wrong_state_among(State::Paid, &needs));
        assert_eq!(
            error.to_string(),
            "WRONG_STATE: The claim is PAID; this needs DRAFT, IN_REVIEW or APPROVED."
        );
        assert_eq!(error.fact("state"), Some("PAID"));
    }

    #[test]
    fn a_late_claim_is_told_the_last_day_and_the_code_of_the_catalogue() {
        let error = Error::from(ClaimError::SubmittedLate { by: "2026-04-15".parse().unwrap() });
        assert_eq!((error.kind(), error.reason()), (Kind::Refused, "SUBMISSION_TOO_LATE"));
        assert_eq!((error.fact("deadline"), error.fact("code")), (Some("2026-04-15"), Some("TIME-001")));
    }
}
