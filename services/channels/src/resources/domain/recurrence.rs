//! Times that recur by a rule of RFC 5545. A rule is asked day by day whether it names it, so that one that never fits ends
//! with the days that are asked for.

use std::ops::Range;

use chrono::{DateTime, NaiveDateTime, Utc};
use jiff::{
    civil,
    tz::{AmbiguousOffset, TimeZone},
};
use serde::{Deserialize, Serialize};

use super::rule::{Rule, RuleRefusal};

/// Seconds in a minute.
const MINUTE: i64 = 60;
/// No clock is further from UTC.
const FURTHEST: i64 = 26 * 60 * MINUTE;

/// A time that recurs, on the clock of a calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Recurrence {
    /// The rule counts from here; it is an instance only if the rule names it.
    pub(crate) start: NaiveDateTime,
    pub(crate) duration_minutes: u16,
    pub(crate) rule: Rule,
    pub(crate) exdates: Vec<Exdate>,
    /// Open at these times; else shut.
    pub(crate) opens: bool,
}

/// An instance that is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Exdate {
    Local(NaiveDateTime),
    Instant(DateTime<Utc>),
}

/// A time of the clock, `2027-02-01T09:00`.
pub(crate) fn parse_local(text: &str) -> Result<NaiveDateTime, RuleRefusal> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").map_err(|_| RuleRefusal::LocalMalformed)
}

impl Exdate {
    /// Reads a time of the clock, or an instant with a `Z`.
    pub(crate) fn parse(text: &str) -> Result<Self, RuleRefusal> {
        if text.ends_with('Z') {
            text.parse().map(Self::Instant).map_err(|_| RuleRefusal::LocalMalformed)
        } else {
            parse_local(text).map(Self::Local)
        }
    }
}

impl Recurrence {
    /// The instances that are not over before the range and begin within it, in seconds from the epoch, each with its
    /// beginning on the clock.
    pub(crate) fn instances(&self, zone: &TimeZone, range: Range<i64>) -> Vec<(Range<i64>, NaiveDateTime)> {
        let length = i64::from(self.duration_minutes) * MINUTE;
        let day = |at: i64| DateTime::from_timestamp(at, 0).unwrap_or_default().date_naive();
        let (first, last) = (day(range.start - length - FURTHEST), day(range.end + FURTHEST));
        let mut instances = Vec::new();
        let mut counted = 0;
        for date in self.rule.dates(self.start.date(), first..=last) {
            let local = date.and_time(self.start.time());
            // A time that the clock skips is no instance.
            let Some(begins) = first_instant(zone, local) else { continue };
            let over = self.rule.until.is_some_and(|until| begins > until.timestamp());
            counted += 1;
            if over || self.rule.count.is_some_and(|count| counted > count) {
                break;
            }
            let within = begins < range.end && begins + length > range.start;
            if within && !self.leaves_out(local, begins) {
                instances.push((begins..begins + length, local));
            }
        }
        instances
    }

    fn leaves_out(&self, local: NaiveDateTime, begins: i64) -> bool {
        self.exdates.iter().any(|exdate| match exdate {
            Exdate::Local(out) => *out == local,
            Exdate::Instant(out) => out.timestamp() == begins,
        })
    }
}

/// When the clock reads this time, the first time when it does twice.
fn first_instant(zone: &TimeZone, local: NaiveDateTime) -> Option<i64> {
    let wall = local.and_utc().timestamp();
    let read = jiff::Timestamp::from_second(wall).ok()?;
    let read: civil::DateTime = TimeZone::UTC.to_datetime(read);
    match zone.to_ambiguous_timestamp(read).offset() {
        AmbiguousOffset::Gap { .. } => None,
        AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { before: offset, .. } => {
            Some(wall - i64::from(offset.seconds()))
        }
    }
}
