//! The refusal of a closure, with its reason in the contract.

use careway_contract::channels::v1::Reason;
use careway_service::Error;

use crate::resources::domain::calendar::CalendarFull;

impl From<CalendarFull> for Error {
    fn from(refusal: CalendarFull) -> Self {
        Self::new(Reason::CalendarFull, refusal.to_string())
    }
}
