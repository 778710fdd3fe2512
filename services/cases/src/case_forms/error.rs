//! The refusals of case forms, each with its reason in the contract.

use careway_contract::cases::v1::Reason;
use careway_service::Error;

use super::domain::FormOutdated;

impl From<FormOutdated> for Error {
    fn from(refusal: FormOutdated) -> Self {
        Self::new(Reason::FormOutdated, refusal.to_string()).with("formVersion", refusal.newest)
    }
}
