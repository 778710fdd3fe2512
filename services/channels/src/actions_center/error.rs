//! The refusals of the Actions Center's requests, each with its reason in the contract.

use careway_service::{Error, SharedReason};

use super::domain::TokenReused;

impl From<TokenReused> for Error {
    fn from(refusal: TokenReused) -> Self {
        Self::new(SharedReason::IdempotencyKeyReused, refusal.to_string())
    }
}
