//! The refusals of interest forms, each with its reason in the contract.

use careway_contract::cases::v1::Reason;
use careway_service::Error;

use super::domain::Refusal;

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let reason = match refusal {
            Refusal::Decided => Reason::InterestDecided,
            Refusal::LinkRejected => Reason::InterestLinkRejected,
        };
        Self::new(reason, refusal.to_string())
    }
}
