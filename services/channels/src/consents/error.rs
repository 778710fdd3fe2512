//! The refusal of declarations, with its reason in the contract.

use careway_contract::channels::v1::Reason;
use careway_service::Error;

use super::domain::DateTaken;

impl From<DateTaken> for Error {
    fn from(refusal: DateTaken) -> Self {
        Self::new(Reason::ConsentDateTaken, refusal.to_string())
    }
}
