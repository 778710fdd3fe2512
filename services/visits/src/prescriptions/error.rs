//! The refusals of prescriptions, each with its reason in the contract.

use careway_contract::visits::v1::Reason;
use careway_service::Error;

use super::domain::refusal::Refusal;

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let reason = match &refusal {
            Refusal::WarningsNotAcknowledged(_) => Reason::WarningsNotAcknowledged,
            Refusal::Cancelled => Reason::PrescriptionCancelled,
            Refusal::Expired { .. } => Reason::PrescriptionExpired,
            Refusal::NothingLeft { .. } => Reason::NothingLeft,
            Refusal::MoreThanLeft { .. } => Reason::MoreThanLeft,
            Refusal::RefillTooSoon { .. } => Reason::RefillTooSoon,
            Refusal::SubstitutionNotAllowed { .. } => Reason::SubstitutionNotAllowed,
            Refusal::NotContracted => Reason::FacilityNotContracted,
            Refusal::VisitDisputed => Reason::VisitDisputed,
        };
        let error = Self::new(reason, refusal.to_string());
        match refusal {
            Refusal::MoreThanLeft { line, available } => {
                error.with("lineNumber", line).with("available", available)
            }
            Refusal::RefillTooSoon { line, on } => error.with("lineNumber", line).with("nextFillOn", on),
            Refusal::NothingLeft { line: Some(line) } | Refusal::SubstitutionNotAllowed { line } => {
                error.with("lineNumber", line)
            }
            _ => error,
        }
    }
}
