//! Why a change of a coverage is refused.

use careway_service::{Error, Kind};

use super::domain::CoverageRefusal;

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

/// The member is not (yet) known to the payer.
pub(crate) fn member_unknown() -> Error {
    Error::new(Kind::Unprocessable, "MEMBER_UNKNOWN", "The payer has no member with this number.")
}

/// `coverage_no_overlap`.
pub(crate) fn coverage_overlaps() -> Error {
    Error::new(Kind::Conflict, "COVERAGE_OVERLAPS", "The member has another cover in this period.")
}
