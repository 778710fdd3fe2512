//! Several who want the same time at once: whoever loses looks again, and is refused when nothing is left.

use std::time::Duration;

use careway_service::{Error, SharedReason};

/// How often somebody looks again: each time somebody else got something.
pub(crate) const TRIES: usize = 64;

/// Nobody is outrun so often, unless there is a crowd.
pub(crate) fn outrun() -> Error {
    let words = "Others are booking the same time; try again.";
    Error::new(SharedReason::Busy, words).retry_after(Duration::from_secs(1))
}
