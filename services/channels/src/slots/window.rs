//! From when to when slots are asked for, and how many are told.

use careway_kernel::Violations;
use careway_service::instant;
use chrono::{DateTime, TimeDelta, Utc};
use prost_types::Timestamp;

/// Slots of one answer.
pub(super) const MOST: usize = 5000;
/// The longest window.
const LONGEST: TimeDelta = TimeDelta::days(31);

/// A window, or what is wrong with it.
pub(super) fn parse(
    v: &mut Violations,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let from = v.present("from", from.and_then(instant));
    let to = v.present("to", to.and_then(instant));
    let (from, to) = from.zip(to)?;
    v.check("to", from < to && to - from <= LONGEST, "must be after from, by at most 31 days");
    Some((from, to))
}
