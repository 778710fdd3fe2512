//! The refusals of API clients, each with its kind and its stable reason.

use careway_service::{Error, Kind};

use super::domain::Refusal;

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let (kind, reason) = match refusal {
            Refusal::InvalidScope => (Kind::Unprocessable, "INVALID_SCOPE"),
        };
        Error::new(kind, reason, refusal.to_string())
    }
}
