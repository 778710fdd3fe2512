//! The refusals of challenges, each with its reason in the contract.

use careway_contract::identity::v1;
use careway_service::Error;

use super::domain::Refusal;

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::CodeRejected { attempts_left } => {
                Error::new(v1::Reason::CodeRejected, refusal.to_string()).with("attemptsLeft", attempts_left)
            }
        }
    }
}
