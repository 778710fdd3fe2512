//! Why something cannot be done with a booking.

use super::BookingState;

/// A step that cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BookingRefusal {
    #[error("The booking was cancelled or declined already.")]
    AlreadyCancelled,
    #[error("The booking does not wait to be confirmed.")]
    NotPending,
    #[error("The booking does not stand where this can be done.")]
    NotOpen(BookingState),
    #[error("The booking's time has not come yet.")]
    NotBegun,
    #[error("It is too late for the channel to cancel or move the booking.")]
    TooLate,
}
