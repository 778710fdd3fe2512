//! The refusal of organizations, with its reason in the contract.

use std::time::Duration;

use careway_contract::visits::v1::Reason;
use careway_service::Error;

use super::domain::FacilityNotReady;

impl From<FacilityNotReady> for Error {
    fn from(refusal: FacilityNotReady) -> Self {
        Self::new(Reason::FacilityNotReady, refusal.to_string()).retry_after(Duration::from_secs(1))
    }
}
