//! Why an organization cannot be acted for yet.

use careway_service::{Error, Kind};

/// Identity's news of a facility takes a moment.
pub(crate) fn facility_not_ready() -> Error {
    Error::new(
        Kind::Unavailable,
        "FACILITY_NOT_READY",
        "The facility was just registered; try again in a moment.",
    )
    .retry_after(std::time::Duration::from_secs(1))
}
