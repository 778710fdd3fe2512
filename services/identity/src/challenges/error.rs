//! The refusals of challenges, each with its kind and its stable reason.

use careway_service::{Error, Kind};

use super::domain::Refusal;

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::CodeRejected { attempts_left } => {
                Error::new(Kind::Unauthenticated, "CODE_REJECTED", refusal.to_string())
                    .with("attemptsLeft", attempts_left)
            }
        }
    }
}
