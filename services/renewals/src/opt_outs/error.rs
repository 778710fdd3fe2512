//! The refusals of opt-outs, each with its reason in the contract.

use careway_contract::renewals::v1::Reason;
use careway_service::Error;

use super::domain::refusal::OptOutRefusal;

impl From<OptOutRefusal> for Error {
    fn from(refusal: OptOutRefusal) -> Self {
        match refusal {
            OptOutRefusal::NoSuchContact => Self::new(Reason::NoSuchContact, refusal.to_string()),
        }
    }
}
