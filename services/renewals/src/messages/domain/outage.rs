//! An outage of a route: when it is worth somebody's attention, and whether it still is.

use chrono::{DateTime, TimeDelta, Utc};

/// A carrier that restarts is back before.
pub(crate) const TOLD_AFTER: TimeDelta = TimeDelta::minutes(5);

/// Where an outage stands.
pub(crate) fn state(ended_at: Option<DateTime<Utc>>) -> &'static str {
    if ended_at.is_none() { "DOWN" } else { "ENDED" }
}
