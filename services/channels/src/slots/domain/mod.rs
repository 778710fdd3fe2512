//! When an examination can be booked: computed from calendars, never stored. Pure rules.

pub(crate) mod offer;
mod open_time;
pub(crate) mod refusal;
pub(crate) mod slot_id;
#[cfg(test)]
mod tests;
pub(crate) mod timetable;

use std::{collections::BTreeMap, ops::Range};

use chrono::{DateTime, Days, TimeDelta, Utc};
use jiff::tz::TimeZone;

use self::open_time::{FURTHEST, HOUR, LOOK_BACK, MINUTE, Span, instant, local_day, open, pieces, shut};
use crate::resources::domain::calendar::{Calendar, UnknownZone, zone};

/// How long an examination takes, in minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) duration: i64,
    /// Slots begin every so many.
    pub(crate) step: i64,
    pub(crate) before: i64,
    pub(crate) after: i64,
}

impl Shape {
    /// Of an examination as it is kept.
    pub(crate) fn of(duration: i32, step: i32, (before, after): (i32, i32)) -> Self {
        Self { duration: duration.into(), step: step.into(), before: before.into(), after: after.into() }
    }
}

/// What is taken of a resource, with its own buffers in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) from: DateTime<Utc>,
    pub(crate) to: DateTime<Utc>,
}

/// A time that can be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) start: DateTime<Utc>,
    /// How many more at that time.
    pub(crate) free: u16,
}

/// A resource whose slots are asked for.
pub(crate) struct Asked<'a> {
    pub(crate) calendar: &'a Calendar,
    pub(crate) taken: &'a [Taken],
    pub(crate) now: DateTime<Utc>,
}

impl Asked<'_> {
    /// The slots that begin in the window.
    pub(crate) fn slots(&self, shape: Shape, window: Range<DateTime<Utc>>) -> Result<Vec<Slot>, UnknownZone> {
        let zone = zone(&self.calendar.zone)?;
        // Nothing is bookable beyond the horizon, whatever the zone: rules are not followed further.
        let furthest = self.now + TimeDelta::days(i64::from(self.calendar.horizon_days) + 2);
        let (from, to) = (window.start.timestamp(), window.end.min(furthest).timestamp());
        if from >= to {
            return Ok(Vec::new());
        }
        let pieces = pieces(self.calendar, &zone, from - LOOK_BACK..to + 24 * HOUR);
        let shut = shut(self.calendar, &zone, from..to + shape.duration * MINUTE);
        let mut slots = Vec::new();
        for piece in pieces {
            let (duration, step) = (shape.duration * MINUTE, shape.step.max(1) * MINUTE);
            let skipped = (from - piece.start).max(0) / step;
            let starts = (skipped..).map(|at| piece.start + at * step);
            for start in starts.take_while(|start| start + duration <= piece.end && *start < to) {
                if start >= from && self.is_bookable(&zone, &shut, start..start + duration) {
                    let free = self.free(shape, start);
                    slots.extend((free > 0).then_some(Slot { start: instant(start), free }));
                }
            }
        }
        Ok(slots)
    }

    /// How many can be there from this instant on: nothing unless it is open, whatever the grid.
    pub(crate) fn free_at(&self, shape: Shape, start: DateTime<Utc>) -> Result<u16, UnknownZone> {
        let zone = zone(&self.calendar.zone)?;
        let start = start.timestamp();
        if !self.is_in_time(&zone, start) {
            return Ok(0);
        }
        let end = start + shape.duration * MINUTE;
        let open = open(self.calendar, &zone, start - FURTHEST..end + FURTHEST);
        let shut = shut(self.calendar, &zone, start..end);
        let within = open.iter().any(|piece| piece.start <= start && end <= piece.end);
        Ok(if within && self.is_bookable(&zone, &shut, start..end) { self.free(shape, start) } else { 0 })
    }

    fn is_bookable(&self, zone: &TimeZone, shut: &[Span], wanted: Span) -> bool {
        let Span { start, end } = wanted;
        self.is_in_time(zone, start) && !shut.iter().any(|shut| shut.start < end && start < shut.end)
    }

    /// Not before its notice, and not beyond its horizon.
    fn is_in_time(&self, zone: &TimeZone, start: i64) -> bool {
        let notice = TimeDelta::minutes(self.calendar.notice_minutes.into());
        let horizon = Days::new(self.calendar.horizon_days.into());
        let last = local_day(zone, self.now.timestamp()).checked_add_days(horizon);
        instant(start) >= self.now + notice && last.is_some_and(|last| local_day(zone, start) <= last)
    }

    /// Capacity less the most that are there at any instant, buffers and all.
    fn free(&self, shape: Shape, start: i64) -> u16 {
        let wanted = start - shape.before * MINUTE..start + (shape.duration + shape.after) * MINUTE;
        let taken = self.taken.iter().map(|taken| taken.from.timestamp()..taken.to.timestamp());
        let there: Vec<Span> =
            taken.filter(|taken| taken.start < wanted.end && wanted.start < taken.end).collect();
        // The most are there when one of them begins, or when the slot does.
        let beginnings = there.iter().map(|taken| taken.start.max(wanted.start));
        let most = beginnings.map(|at| there.iter().filter(|taken| taken.contains(&at)).count()).max();
        let most = most.and_then(|most| u16::try_from(most).ok()).unwrap_or_default();
        self.calendar.capacity.saturating_sub(most)
    }
}

/// The slots of an examination that needs one resource of every group: they begin on the grids of the first group, and in each
/// of the others somebody has room.
pub(crate) fn offered(
    groups: &[Vec<Asked<'_>>],
    shape: Shape,
    window: &Range<DateTime<Utc>>,
) -> Result<Vec<Slot>, UnknownZone> {
    let Some((first, others)) = groups.split_first() else { return Ok(Vec::new()) };
    let mut starts: BTreeMap<DateTime<Utc>, u16> = BTreeMap::new();
    for asked in first {
        for slot in asked.slots(shape, window.clone())? {
            let free = starts.entry(slot.start).or_default();
            *free = free.saturating_add(slot.free);
        }
    }
    let mut slots = Vec::new();
    for (start, mut free) in starts {
        for group in others {
            let there = group.iter().map(|asked| asked.free_at(shape, start));
            free = free.min(there.sum::<Result<u16, _>>()?);
        }
        slots.extend((free > 0).then_some(Slot { start, free }));
    }
    Ok(slots)
}
