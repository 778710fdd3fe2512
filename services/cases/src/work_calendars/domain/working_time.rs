//! Working time: how much of it lies between two instants, and when so much of it has passed.
//!
//! Instants are walked in pieces: each of one date, under one offset from UTC. Within a piece the wall clock runs as time
//! does, so that a change of clocks is never within one, and what happens twice by the wall clock counts twice.

use std::iter;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use super::WorkCalendar;

/// Instants of one date, under one offset. The last is not among them.
struct Piece {
    date: NaiveDate,
    offset: FixedOffset,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
}

impl WorkCalendar {
    /// When so much working time has passed since then: at the very end of the hours that use it up.
    pub(crate) fn add(&self, from: DateTime<Utc>, time: TimeDelta) -> DateTime<Utc> {
        let mut left = time.max(TimeDelta::zero());
        if left.is_zero() {
            return from;
        }
        for (begin, end) in self.spans(from) {
            if left <= end - begin {
                return begin + left;
            }
            left -= end - begin;
        }
        // The end of all dates: no calendar is kept that is never open.
        DateTime::<Utc>::MAX_UTC
    }

    /// The working time between two instants.
    pub(crate) fn between(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> TimeDelta {
        let spans = self.spans(from).take_while(|(begin, _)| *begin < until);
        spans.map(|(begin, end)| end.min(until) - begin).sum()
    }

    /// So many working days later, at the same time of day: the day it is counted from is none of them, and a working day
    /// is one on which hours begin.
    pub(crate) fn days_after(&self, from: DateTime<Utc>, days: u32) -> DateTime<Utc> {
        let wall = from.with_timezone(&self.zone).naive_local();
        let mut later = wall.date().iter_days().skip(1).filter(|date| !self.hours(*date).is_empty());
        match days.checked_sub(1).map(|before| later.nth(before as usize)) {
            None => from,
            Some(Some(date)) => first_instant(self.zone, date.and_time(wall.time())),
            Some(None) => DateTime::<Utc>::MAX_UTC,
        }
    }

    /// The working time from an instant on.
    fn spans(&self, from: DateTime<Utc>) -> impl Iterator<Item = (DateTime<Utc>, DateTime<Utc>)> {
        let mut next = from;
        let pieces = iter::from_fn(move || {
            let piece = piece_at(self.zone, next)?;
            next = piece.until;
            Some(piece)
        });
        pieces.flat_map(|piece| {
            let midnight = utc(piece.date.and_time(NaiveTime::MIN), piece.offset);
            let at = move |minute: u16| midnight.map(|midnight| midnight + TimeDelta::minutes(minute.into()));
            self.open_minutes(piece.date).into_iter().filter_map(move |(from, until)| {
                let (begin, end) = (at(from)?.max(piece.from), at(until)?.min(piece.until));
                (begin < end).then_some((begin, end))
            })
        })
    }
}

fn piece_at(zone: Tz, from: DateTime<Utc>) -> Option<Piece> {
    let wall = from.with_timezone(&zone);
    let (date, offset) = (wall.date_naive(), wall.offset().fix());
    let midnight = utc(date.succ_opt()?.and_time(NaiveTime::MIN), offset)?;
    Some(Piece { date, offset, from, until: change_before(zone, from, midnight).unwrap_or(midnight) })
}

/// When clocks are changed between two instants of a day, if they are: that is on a whole second.
fn change_before(zone: Tz, from: DateTime<Utc>, until: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let offset = offset_at(zone, from);
    if offset_at(zone, until - TimeDelta::nanoseconds(1)) == offset {
        return None;
    }
    let (mut before, mut after) = (from.timestamp(), until.timestamp());
    while after - before > 1 {
        let middle = i64::midpoint(before, after);
        match DateTime::from_timestamp(middle, 0)? {
            instant if offset_at(zone, instant) == offset => before = middle,
            _ => after = middle,
        }
    }
    DateTime::from_timestamp(after, 0)
}

fn offset_at(zone: Tz, instant: DateTime<Utc>) -> FixedOffset {
    zone.offset_from_utc_datetime(&instant.naive_utc()).fix()
}

fn utc(wall: NaiveDateTime, offset: FixedOffset) -> Option<DateTime<Utc>> {
    wall.checked_sub_offset(offset).map(|utc| utc.and_utc())
}

/// The instant of a time by the wall clock: the first of two, and of one that does not exist the first that does.
fn first_instant(zone: Tz, wall: NaiveDateTime) -> DateTime<Utc> {
    if let Some(instant) = zone.from_local_datetime(&wall).earliest() {
        return instant.to_utc();
    }
    let day_before = wall.and_utc() - TimeDelta::days(1);
    let as_before = wall.and_utc() - TimeDelta::seconds(offset_at(zone, day_before).local_minus_utc().into());
    change_before(zone, day_before, as_before + TimeDelta::seconds(1)).unwrap_or(as_before)
}
