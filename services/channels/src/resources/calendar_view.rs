//! Calendars as the contract shows them, and as it gives them.

use std::collections::BTreeMap;

use careway_contract::channels::v1 as proto;
use careway_kernel::{Clock, ClosureId, Violations, parse_date};
use careway_service::{instant, timestamp, version};
use chrono::Datelike;

use super::domain::{
    calendar::{self, Calendar, CalendarException, Closure, DAYS},
    hours::{Hours, clock},
    recurrence::{Exdate, Recurrence, parse_local},
    rule::Rule,
};

/// Hours of one day.
const MOST_HOURS: usize = 24;
/// Exceptions, and closures, of one calendar.
const MOST_DAYS: usize = 1000;
/// Times that recur, of one calendar.
const MOST_RECURRING: usize = 50;
/// Rules count from here on at the earliest: each year before costs time.
const FIRST_YEAR: i32 = 2000;
/// Letters of a rule.
const LONGEST_RULE: usize = 500;
/// Instances that are left out, of one rule.
const MOST_EXDATES: usize = 500;
/// How far ahead is booked unless the provider says otherwise.
const HORIZON: i32 = 90;

pub(crate) fn calendar(calendar: &Calendar, at: i64) -> proto::Calendar {
    let hours = |hours: &Vec<Hours>| hours.iter().map(shown).collect();
    proto::Calendar {
        zone: calendar.zone.clone(),
        weekly: calendar
            .weekly
            .iter()
            .map(|(day, of_day)| proto::DayHours { day: DAYS[*day].to_owned(), hours: hours(of_day) })
            .collect(),
        exceptions: calendar
            .exceptions
            .iter()
            .map(|exception| proto::CalendarException {
                from: exception.from.to_string(),
                to: exception.to.to_string(),
                hours: hours(&exception.hours),
            })
            .collect(),
        closures: calendar.closures.iter().map(shown_closure).collect(),
        recurring: calendar.recurring.iter().map(shown_recurrence).collect(),
        capacity: Some(calendar.capacity.into()),
        notice_minutes: i32::try_from(calendar.notice_minutes).ok(),
        horizon_days: Some(calendar.horizon_days.into()),
        version: Some(version(at)),
    }
}

fn shown(hours: &Hours) -> proto::Hours {
    proto::Hours { from: clock(hours.from).to_string(), to: clock(hours.to).to_string() }
}

pub(crate) fn shown_closure(closure: &Closure) -> proto::Closure {
    proto::Closure {
        from: Some(timestamp(closure.from)),
        to: Some(timestamp(closure.to)),
        closure_id: closure.id.map(|id| id.to_string()).unwrap_or_default(),
    }
}

fn shown_recurrence(recurrence: &Recurrence) -> proto::RecurringTime {
    let exdate = |exdate: &Exdate| match exdate {
        Exdate::Local(local) => local.format("%Y-%m-%dT%H:%M").to_string(),
        Exdate::Instant(instant) => instant.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
    };
    proto::RecurringTime {
        start: recurrence.start.format("%Y-%m-%dT%H:%M").to_string(),
        duration_minutes: recurrence.duration_minutes.into(),
        rule: recurrence.rule.as_str().to_owned(),
        exdates: recurrence.exdates.iter().map(exdate).collect(),
        opens: recurrence.opens,
    }
}

/// A calendar that was given, or what is wrong with it.
pub(crate) fn parse(v: &mut Violations, clock: &Clock, given: &proto::Calendar) -> Option<Calendar> {
    let zone = v.required("zone", given.zone.as_str(), calendar::zone);
    let weekly = weekly(v, &given.weekly);
    v.check("exceptions", given.exceptions.len() <= MOST_DAYS, "must be at most 1000");
    let exceptions = v.each("exceptions", &given.exceptions, exception);
    v.check("closures", given.closures.len() <= MOST_DAYS, "must be at most 1000");
    let closures = v.each("closures", &given.closures, |v, given| closure(v, clock, given));
    v.check("recurring", given.recurring.len() <= MOST_RECURRING, "must be at most 50");
    let recurring = v.each("recurring", &given.recurring, recurrence);
    let capacity = number(v, "capacity", given.capacity.unwrap_or(1), 1, 100);
    let notice_minutes = number(v, "noticeMinutes", given.notice_minutes.unwrap_or_default(), 0, 43_200);
    let horizon_days = number(v, "horizonDays", given.horizon_days.unwrap_or(HORIZON), 0, 730);
    zone?;
    let calendar = Calendar {
        zone: given.zone.clone(),
        weekly: weekly?,
        exceptions: exceptions?,
        closures: closures?,
        recurring: recurring?,
        capacity: capacity?,
        notice_minutes: notice_minutes?,
        horizon_days: horizon_days?,
    };
    v.field("weekly", calendar.check())?;
    Some(calendar)
}

fn weekly(v: &mut Violations, given: &[proto::DayHours]) -> Option<BTreeMap<usize, Vec<Hours>>> {
    let mut weekly = BTreeMap::new();
    v.each("weekly", given, |v, of_day| {
        let day = DAYS.iter().position(|name| *name == of_day.day);
        v.check("day", day.is_some(), "must be MON, TUE, WED, THU, FRI, SAT or SUN");
        let hours = hours(v, &of_day.hours)?;
        v.check("day", weekly.insert(day?, hours).is_none(), "is there twice");
        Some(())
    })?;
    Some(weekly)
}

fn hours(v: &mut Violations, given: &[proto::Hours]) -> Option<Vec<Hours>> {
    v.check("hours", given.len() <= MOST_HOURS, "must be at most 24");
    v.each("hours", given, |v, hours| v.field("", Hours::parse(&hours.from, &hours.to)))
}

fn exception(v: &mut Violations, given: &proto::CalendarException) -> Option<CalendarException> {
    let from = v.required("from", given.from.as_str(), parse_date);
    let to = v.required("to", given.to.as_str(), parse_date);
    let hours = hours(v, &given.hours);
    v.period(("from", from), ("to", to));
    Some(CalendarException { from: from?, to: to?, hours: hours? })
}

fn closure(v: &mut Violations, clock: &Clock, given: &proto::Closure) -> Option<Closure> {
    let from = v.present("from", given.from.and_then(instant));
    let to = v.present("to", given.to.and_then(instant));
    let id = v.optional("closureId", given.closure_id.as_str(), ClosureId::parse);
    let (from, to) = from.zip(to)?;
    v.check("to", to > from, "must be after from");
    Some(Closure { id: Some(id?.unwrap_or_else(|| ClosureId::new(clock))), from, to })
}

fn recurrence(v: &mut Violations, given: &proto::RecurringTime) -> Option<Recurrence> {
    let start = v.required("start", given.start.as_str(), parse_local);
    let duration_minutes = number(v, "durationMinutes", given.duration_minutes, 1, 1440);
    let rule = v.required("rule", given.rule.as_str(), Rule::parse);
    v.check("rule", given.rule.len() <= LONGEST_RULE, "must be at most 500 letters");
    v.check("exdates", given.exdates.len() <= MOST_EXDATES, "must be at most 500");
    let exdates = v.each("exdates", &given.exdates, |v, exdate| v.field("", Exdate::parse(exdate)));
    let start = start?;
    v.check("start", start.year() >= FIRST_YEAR, "must be in this century");
    Some(Recurrence {
        start,
        duration_minutes: duration_minutes?,
        rule: rule?,
        exdates: exdates?,
        opens: given.opens,
    })
}

fn number<T: TryFrom<i32>>(v: &mut Violations, field: &str, given: i32, least: i32, most: i32) -> Option<T> {
    v.check(field, (least..=most).contains(&given), format!("must be {least} to {most}"));
    T::try_from(given).ok()
}
