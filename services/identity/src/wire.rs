//! What every aggregate's messages share: instants, and the ids of paths.

use careway_kernel::InvalidId;
use careway_service::{Error, Result};
use chrono::{DateTime, Utc};
use prost_types::Timestamp;

/// An instant of the contract.
pub(crate) fn timestamp(at: DateTime<Utc>) -> Timestamp {
    Timestamp { seconds: at.timestamp(), nanos: at.timestamp_subsec_nanos().cast_signed() }
}

/// The id that a path names. What cannot be an id names nothing, as an unknown id does: 404.
pub(crate) fn path_id<T>(
    what: &'static str,
    text: &str,
    parse: impl FnOnce(&str) -> std::result::Result<T, InvalidId>,
) -> Result<T> {
    parse(text).map_err(|_| Error::not_found(what))
}
