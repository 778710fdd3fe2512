//! The clocks of cases against the vectors, and what is told of them.

mod alarms;
mod vectors;

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{ServiceLevel, Targets, TargetsBySeverity, clocks::Reading};
use crate::work_calendars::domain::tests::vectors::calendar;

/// The targets of the vectors, by one of their calendars.
fn level(calendar_name: &str) -> ServiceLevel {
    let targets =
        |first_response, next_response, resolution| Targets { first_response, next_response, resolution };
    ServiceLevel {
        targets: TargetsBySeverity {
            low: targets(960, 960, 4800),
            normal: targets(480, 480, 2400),
            high: targets(240, 240, 960),
            urgent: targets(60, 60, 480),
        },
        calendar: Arc::new(calendar(calendar_name)),
        basis: 1,
    }
}

/// Whether the time was over when what it measures happened, or is over now.
fn is_breached(reading: &Reading, now: DateTime<Utc>) -> bool {
    reading.due_at.is_some_and(|due| reading.met_at.unwrap_or(now) > due)
}
