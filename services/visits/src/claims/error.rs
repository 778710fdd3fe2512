//! The refusals of claims, each with its reason in the contract, and why a claim could not be written.

use careway_contract::visits::v1::Reason;
use careway_kernel::OrganizationId;
use careway_service::Error;

use super::domain::refusal::ClaimRefusal;

impl From<&ClaimRefusal> for Reason {
    fn from(refusal: &ClaimRefusal) -> Self {
        match refusal {
            ClaimRefusal::WrongState { .. } => Reason::WrongState,
            ClaimRefusal::Disputed => Reason::VisitDisputed,
            ClaimRefusal::SubmittedLate { .. } => Reason::SubmissionTooLate,
            ClaimRefusal::AppealedLate { .. } => Reason::AppealTooLate,
            ClaimRefusal::AlreadyResubmitted { .. } => Reason::AlreadyResubmitted,
            ClaimRefusal::ResubmissionsExhausted { .. } => Reason::ResubmissionsExhausted,
            ClaimRefusal::AlreadyCorrected { .. } => Reason::AlreadyCorrected,
            ClaimRefusal::CorrectedLate { .. } => Reason::CorrectionTooLate,
            ClaimRefusal::AppealPaysLess => Reason::AppealPaysLess,
            ClaimRefusal::NothingDue { .. } => Reason::ClaimNotPayable,
            ClaimRefusal::NotDecided => Reason::ClaimNotDecided,
            ClaimRefusal::Duplicate { .. } => Reason::DuplicateClaim,
        }
    }
}

impl From<ClaimRefusal> for Error {
    fn from(refusal: ClaimRefusal) -> Self {
        let mut error = Self::new(Reason::from(&refusal), refusal.to_string());
        if let Some(code) = refusal.code() {
            error = error.with("code", code);
        }
        match refusal {
            ClaimRefusal::WrongState { is, needs } => error.with("state", is.as_str()).with("needs", needs),
            ClaimRefusal::SubmittedLate { by }
            | ClaimRefusal::AppealedLate { by }
            | ClaimRefusal::CorrectedLate { by } => error.with("deadline", by),
            ClaimRefusal::AlreadyCorrected { by: Some(by) } => error.with("claimId", by),
            ClaimRefusal::AlreadyResubmitted { by } => error.with("claimId", by),
            ClaimRefusal::NothingDue { claim } => error.with("claimId", claim),
            ClaimRefusal::Duplicate { of, number } => error.with("claimId", of).with("claimNumber", number),
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
    Refused(ClaimRefusal),
    Other(Error),
}

impl From<ClaimRefusal> for WriteError {
    fn from(refusal: ClaimRefusal) -> Self {
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
                Self::new(Reason::DuplicateClaim, "Another claim has this reference.")
            }
            WriteError::Refused(refusal) => refusal.into(),
            WriteError::Other(error) => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use careway_service::Kind;

    use super::*;
    use crate::claims::domain::State;

    #[test]
    fn a_refusal_names_the_states_it_needs() {
        let needs = [State::Draft, State::InReview, State::Approved];
        let error = Error::from(ClaimRefusal::wrong_state_among(State::Paid, &needs));
        assert_eq!(
            error.to_string(),
            "WRONG_STATE: The claim is PAID; this needs DRAFT, IN_REVIEW or APPROVED."
        );
        assert_eq!(error.fact("state"), Some("PAID"));
    }

    #[test]
    fn a_late_claim_is_told_the_last_day_and_the_code_of_the_catalogue() {
        let error = Error::from(ClaimRefusal::SubmittedLate { by: "2026-04-15".parse().unwrap() });
        assert_eq!((error.kind(), error.reason()), (Kind::Refused, "SUBMISSION_TOO_LATE"));
        assert_eq!((error.fact("deadline"), error.fact("code")), (Some("2026-04-15"), Some("TIME-001")));
    }
}
