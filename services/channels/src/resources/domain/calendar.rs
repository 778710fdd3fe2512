//! A calendar: when a resource is there, on the clock of its zone.

use std::{collections::BTreeMap, sync::LazyLock};

use careway_kernel::ClosureId;
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use jiff::{
    Timestamp,
    tz::{TimeZone, TimeZoneDatabase},
};
use serde::{Deserialize, Serialize};

use super::{
    hours::{Hours, HoursRefusal, apart},
    recurrence::Recurrence,
};

/// The zones of this build, not those of the machine: those may be years old.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The days of the week, as the contract names them.
pub(crate) const DAYS: [&str; 7] = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];

/// Days with hours of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CalendarException {
    pub(crate) from: NaiveDate,
    /// Inclusive.
    pub(crate) to: NaiveDate,
    /// None: the whole day is shut.
    pub(crate) hours: Vec<Hours>,
}

/// An interval in which the resource is shut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Closure {
    /// None of those that were kept before closures had ids.
    #[serde(default)]
    pub(crate) id: Option<ClosureId>,
    pub(crate) from: DateTime<Utc>,
    pub(crate) to: DateTime<Utc>,
}

/// A calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Calendar {
    pub(crate) zone: String,
    /// By the number of the day, Monday's is 0.
    pub(crate) weekly: BTreeMap<usize, Vec<Hours>>,
    pub(crate) exceptions: Vec<CalendarException>,
    pub(crate) closures: Vec<Closure>,
    #[serde(default)]
    pub(crate) recurring: Vec<Recurrence>,
    pub(crate) capacity: u16,
    pub(crate) notice_minutes: u32,
    pub(crate) horizon_days: u16,
}

/// Closures of one calendar.
const MOST_CLOSURES: usize = 1000;

/// A calendar has as many closures as it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The calendar has as many closures as it may.")]
pub(crate) struct CalendarFull;

/// The text names no zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an IANA time zone such as Europe/Bucharest")]
pub(crate) struct UnknownZone;

/// A zone by its name.
pub(crate) fn zone(name: &str) -> Result<TimeZone, UnknownZone> {
    ZONES.get(name).map_err(|_| UnknownZone)
}

/// What a clock in the zone reads.
pub(crate) fn local_time(name: &str, at: DateTime<Utc>) -> Result<NaiveDateTime, UnknownZone> {
    let read = Timestamp::from_second(at.timestamp()).map_err(|_| UnknownZone)?;
    let offset = i64::from(zone(name)?.to_offset(read).seconds());
    Ok((at + TimeDelta::seconds(offset)).naive_utc())
}

impl Calendar {
    /// Refuses hours that overlap, on a day or over midnight.
    pub(crate) fn check(&self) -> Result<(), HoursRefusal> {
        let of = |day: usize| self.weekly.get(&(day % DAYS.len())).map_or(&[][..], Vec::as_slice);
        for day in 0..DAYS.len() {
            apart(of(day), of(day + 1))?;
        }
        self.exceptions.iter().try_for_each(|exception| apart(&exception.hours, &[]))
    }

    /// Whether it opens at any time.
    pub(crate) fn opens(&self) -> bool {
        self.weekly.values().any(|hours| !hours.is_empty())
            || self.exceptions.iter().any(|exception| !exception.hours.is_empty())
            || self.recurring.iter().any(|recurrence| recurrence.opens)
    }

    /// Shuts it for one more interval; what is over by now is forgotten when there is no room.
    pub(crate) fn shut(&mut self, closure: Closure, now: DateTime<Utc>) -> Result<(), CalendarFull> {
        if self.closures.len() >= MOST_CLOSURES {
            self.closures.retain(|known| known.to > now);
        }
        if self.closures.len() >= MOST_CLOSURES {
            return Err(CalendarFull);
        }
        self.closures.push(closure);
        Ok(())
    }

    /// Takes a closure away, and gives it back; none when it was not there.
    pub(crate) fn reopen(&mut self, closure: ClosureId) -> Option<Closure> {
        let at = self.closures.iter().position(|known| known.id == Some(closure))?;
        Some(self.closures.remove(at))
    }
}
