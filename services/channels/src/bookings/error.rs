//! The refusals of bookings, each with its reason in the contract.

use careway_contract::channels::v1::Reason;
use careway_service::Error;

use super::domain::refusal::BookingRefusal;

impl From<BookingRefusal> for Error {
    fn from(refusal: BookingRefusal) -> Self {
        let words = refusal.to_string();
        match refusal {
            BookingRefusal::AlreadyCancelled => Self::new(Reason::BookingAlreadyCancelled, words),
            BookingRefusal::NotPending => Self::new(Reason::BookingNotPending, words),
            BookingRefusal::NotOpen(state) => {
                Self::new(Reason::BookingNotOpen, words).with("state", state.as_str())
            }
            BookingRefusal::NotBegun => Self::new(Reason::BookingNotBegun, words),
            BookingRefusal::TooLate => Self::new(Reason::CancellationTooLate, words),
        }
    }
}
