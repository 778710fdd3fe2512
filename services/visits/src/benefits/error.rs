//! The refusal of benefits, with its reason in the contract.

use careway_contract::visits::v1::Reason;
use careway_service::Error;

use super::domain::refusal::LimitExceeded;

impl From<LimitExceeded> for Error {
    fn from(refusal: LimitExceeded) -> Self {
        Self::new(Reason::LimitExceeded, refusal.to_string())
    }
}
