//! Why a change of a contract is refused.

use careway_service::{Error, Kind};

use super::domain::OutsideContract;

impl From<OutsideContract> for Error {
    fn from(refusal: OutsideContract) -> Self {
        Self::new(Kind::Refused, "OUTSIDE_PERIOD", refusal.to_string())
    }
}

/// `contract_no_overlap`.
pub(crate) fn contract_overlaps() -> Error {
    Error::new(
        Kind::Conflict,
        "CONTRACT_OVERLAPS",
        "There is another contract with this facility in this period.",
    )
}
