//! The refusals of coverages, each with its reason in the contract.

use careway_contract::visits::v1::Reason;
use careway_service::{Error, Kind};

use super::domain::CoverageRefusal;

impl From<CoverageRefusal> for Error {
    fn from(refusal: CoverageRefusal) -> Self {
        let reason = match refusal {
            CoverageRefusal::NotActive => Reason::CoverageNotActive,
            CoverageRefusal::NotSuspended => Reason::CoverageNotSuspended,
            CoverageRefusal::Ended => Reason::CoverageEnded,
            CoverageRefusal::OutsidePeriod => Reason::OutsidePeriod,
            CoverageRefusal::BeforeSuspension => Reason::BeforeSuspension,
            CoverageRefusal::Overlaps => Reason::CoverageOverlaps,
            // A field of the request is wrong, whatever the state.
            CoverageRefusal::MemberUnknown => {
                return Self::also(Reason::MemberUnknown, Kind::Unprocessable, refusal.to_string());
            }
        };
        Self::new(reason, refusal.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_covers_an_unknown_member_is_told_that_the_request_is_wrong() {
        let error = Error::from(CoverageRefusal::MemberUnknown);
        assert_eq!((error.kind(), error.reason()), (Kind::Unprocessable, "MEMBER_UNKNOWN"));
    }
}
