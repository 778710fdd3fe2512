//! The refusals of API clients, each with its reason in the contract.

use careway_contract::identity::v1::Reason;
use careway_service::Error;

use super::domain::Refusal;

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let error = Error::new(Reason::InvalidScope, refusal.to_string());
        match refusal {
            Refusal::InvalidScope(named) if !named.is_empty() => error.with("scope", named.join(" ")),
            Refusal::InvalidScope(_) | Refusal::NoScope => error,
        }
    }
}
