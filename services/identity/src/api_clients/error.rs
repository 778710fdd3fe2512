//! The refusals of API clients, each with its reason in the contract.

use careway_contract::identity::v1::Reason;
use careway_service::Error;

use super::domain::Refusal;

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let reason = match refusal {
            Refusal::InvalidScope => Reason::InvalidScope,
        };
        Error::new(reason, refusal.to_string())
    }
}
