//! Why a change of a coverage or a contract, or a posting to the ledger, is refused.

use careway_service::{Error, Kind};

use super::domain::CoverageRefusal;
use crate::contracts::domain::OutsideContract;

impl From<CoverageRefusal> for Error {
    fn from(refusal: CoverageRefusal) -> Self {
        let reason = match refusal {
            CoverageRefusal::NotActive => "COVERAGE_NOT_ACTIVE",
            CoverageRefusal::NotSuspended => "COVERAGE_NOT_SUSPENDED",
            CoverageRefusal::Ended => "COVERAGE_ENDED",
            CoverageRefusal::OutsidePeriod => "OUTSIDE_PERIOD",
            CoverageRefusal::BeforeSuspension => "BEFORE_SUSPENSION",
        };
        Self::new(Kind::Refused, reason, refusal.to_string())
    }
}

impl From<OutsideContract> for Error {
    fn from(refusal: OutsideContract) -> Self {
        Self::new(Kind::Refused, "OUTSIDE_PERIOD", refusal.to_string())
    }
}

/// The member is not (yet) known to the payer.
pub(crate) fn member_unknown() -> Error {
    Error::new(Kind::Unprocessable, "MEMBER_UNKNOWN", "The payer has no member with this number.")
}

/// The payer has no such plan, or not in this version.
pub(crate) fn plan_unknown() -> Error {
    Error::new(Kind::Unprocessable, "PLAN_UNKNOWN", "The payer has no such plan, or not in this version.")
}

/// `coverage_no_overlap`.
pub(crate) fn coverage_overlaps() -> Error {
    Error::new(Kind::Conflict, "COVERAGE_OVERLAPS", "The member has another cover in this period.")
}

/// `contract_no_overlap`.
pub(crate) fn contract_overlaps() -> Error {
    Error::new(
        Kind::Conflict,
        "CONTRACT_OVERLAPS",
        "There is another contract with this facility in this period.",
    )
}

/// `plan_code_once`.
pub(crate) fn plan_code_taken() -> Error {
    Error::new(Kind::Conflict, "PLAN_CODE_TAKEN", "Another plan has this code.")
}
