//! When a calendar is open, as instants: its hours and what recurs, less what is shut.

use std::ops::Range;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc};
use jiff::{Timestamp, tz::TimeZone};

use crate::resources::domain::{
    calendar::{Calendar, CalendarException, DAYS},
    hours::{DAY, Hours},
};

/// Seconds; instants are counted from the epoch.
pub(super) type Span = Range<i64>;

pub(super) const MINUTE: i64 = 60;
pub(super) const HOUR: i64 = 60 * MINUTE;
/// What is open for longer than this is cut at the Mondays within: else it would have no beginning to count slots from.
const LONGEST_PIECE: i64 = 8 * 24 * HOUR;
/// How far before a window a piece may begin that still counts.
pub(super) const LOOK_BACK: i64 = 2 * LONGEST_PIECE + 24 * HOUR;
/// No clock is further from UTC.
pub(super) const FURTHEST: i64 = 26 * HOUR;

/// Open time within a range, joined where it touches, and cut at Mondays where it never ends.
pub(super) fn pieces(calendar: &Calendar, zone: &TimeZone, range: Span) -> Vec<Span> {
    let mut pieces = Vec::new();
    for piece in open(calendar, zone, range) {
        let mut begins = piece.start;
        let first = local_day(zone, piece.start);
        for day in first.iter_days().take_while(|day| *day <= local_day(zone, piece.end)) {
            let monday = day.weekday().num_days_from_monday() == 0;
            let midnight = day_begins(zone, day);
            if monday && midnight - piece.start >= LONGEST_PIECE && midnight < piece.end {
                pieces.push(begins..midnight);
                begins = midnight;
            }
        }
        pieces.push(begins..piece.end);
    }
    pieces
}

/// The instants at which the calendar's clock reads a time within its hours.
pub(super) fn open(calendar: &Calendar, zone: &TimeZone, range: Span) -> Vec<Span> {
    let offsets = offsets(zone, range.start - FURTHEST..range.end + FURTHEST);
    let (first, last) = (local_day(zone, range.start) - Days::new(1), local_day(zone, range.end));
    let mut open: Vec<Span> = Vec::new();
    for day in first.iter_days().take_while(|day| *day <= last) {
        for hours in hours_of(calendar, day) {
            let begins = wall(day);
            let (from, to) = (begins + i64::from(hours.from) * MINUTE, begins + i64::from(hours.to) * MINUTE);
            for (while_so, offset) in &offsets {
                let span = (from - offset).max(while_so.start)..(to - offset).min(while_so.end);
                if span.start < span.end {
                    open.push(span);
                }
            }
        }
    }
    open.extend(recurring(calendar, zone, &range));
    open.sort_by_key(|span| span.start);
    join(open)
}

/// The times that recur at which it is open, but on days that have hours of their own, or none.
fn recurring<'a>(
    calendar: &'a Calendar,
    zone: &'a TimeZone,
    range: &'a Span,
) -> impl Iterator<Item = Span> + 'a {
    let opening = calendar.recurring.iter().filter(|recurrence| recurrence.opens);
    let instances = opening.flat_map(|recurrence| recurrence.instances(zone, range.clone()));
    instances.filter_map(|(span, local)| {
        let (day, next) = (local.date(), local.date() + Days::new(1));
        let ends = if is_shut(calendar, next) { span.end.min(day_begins(zone, next)) } else { span.end };
        exception(calendar, day).is_none().then_some(span.start..ends)
    })
}

/// When it is shut within its hours: closures and what recurs.
pub(super) fn shut(calendar: &Calendar, zone: &TimeZone, range: Span) -> Vec<Span> {
    let shutting = calendar.recurring.iter().filter(|recurrence| !recurrence.opens);
    let recurring = shutting.flat_map(|recurrence| recurrence.instances(zone, range.clone()));
    let closures = calendar.closures.iter().map(|closure| closure.from.timestamp()..closure.to.timestamp());
    closures.chain(recurring.map(|(span, _)| span)).collect()
}

fn join(sorted: Vec<Span>) -> Vec<Span> {
    let mut joined: Vec<Span> = Vec::new();
    for span in sorted {
        match joined.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => joined.push(span),
        }
    }
    joined
}

/// The hours that begin on a day: its own in place of the weekly ones; a shut day ends what came over midnight.
fn hours_of(calendar: &Calendar, day: NaiveDate) -> Vec<Hours> {
    let hours = match exception(calendar, day) {
        Some(exception) => exception.hours.clone(),
        None => {
            let weekday = day.weekday().num_days_from_monday() as usize % DAYS.len();
            calendar.weekly.get(&weekday).cloned().unwrap_or_default()
        }
    };
    let until = if is_shut(calendar, day + Days::new(1)) { DAY } else { 2 * DAY };
    hours.into_iter().map(|hours| Hours { to: hours.to.min(until), ..hours }).collect()
}

fn exception(calendar: &Calendar, day: NaiveDate) -> Option<&CalendarException> {
    calendar.exceptions.iter().find(|exception| exception.from <= day && day <= exception.to)
}

fn is_shut(calendar: &Calendar, day: NaiveDate) -> bool {
    exception(calendar, day).is_some_and(|exception| exception.hours.is_empty())
}

/// What the clock is ahead of UTC, while it is so.
fn offsets(zone: &TimeZone, range: Span) -> Vec<(Span, i64)> {
    let Ok(first) = Timestamp::from_second(range.start) else { return Vec::new() };
    let mut offsets = vec![(range.start..range.end, i64::from(zone.to_offset(first).seconds()))];
    for change in zone.following(first) {
        let at = change.timestamp().as_second();
        if at >= range.end {
            break;
        }
        if let Some((last, _)) = offsets.last_mut() {
            last.end = at;
        }
        offsets.push((at..range.end, i64::from(change.offset().seconds())));
    }
    offsets
}

pub(super) fn local_day(zone: &TimeZone, at: i64) -> NaiveDate {
    let offset = Timestamp::from_second(at).map_or(0, |at| zone.to_offset(at).seconds());
    instant(at + i64::from(offset)).date_naive()
}

/// The first instant at which the clock reads this day.
fn day_begins(zone: &TimeZone, day: NaiveDate) -> i64 {
    let midnight = wall(day);
    let offsets = offsets(zone, midnight - FURTHEST..midnight + FURTHEST);
    let within = offsets.iter().filter_map(|(while_so, offset)| {
        let begins = (midnight - offset).max(while_so.start);
        (begins < while_so.end).then_some(begins)
    });
    within.min().unwrap_or(midnight)
}

/// Midnight of a day, as if its clock were UTC.
fn wall(day: NaiveDate) -> i64 {
    day.and_time(NaiveTime::MIN).and_utc().timestamp()
}

pub(super) fn instant(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
