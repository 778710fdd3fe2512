//! The refusal of lines of care, with its reason in the contract.

use careway_contract::visits::v1::Reason;
use careway_service::Error;

use super::domain::refusal::ClaimedAlready;

impl From<ClaimedAlready> for Error {
    fn from(refusal: ClaimedAlready) -> Self {
        Self::new(Reason::CareClaimedAlready, refusal.to_string())
    }
}
