//! Work calendars over the wire: read strictly, and shown.

use std::collections::BTreeMap;

use careway_contract::cases::v1::{self as proto, work_calendar::Weekday};
use careway_kernel::{Violations, parse_date};
use careway_service::version;
use chrono::NaiveDate;
use chrono_tz::Tz;

use super::domain::{DAY, Hours, WorkCalendar};

/// Hours of one day.
const MOST_HOURS: usize = 10;
/// Dates with hours of their own.
const MOST_EXCEPTIONS: usize = 1000;
/// A calendar that is open less is none.
const LEAST_WEEKLY_MINUTES: u32 = 60;
/// In the order of the calendar's week.
const WEEKDAYS: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// Whether a calendar can be called so.
pub(super) fn is_name(id: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=40).contains(&id.len()) && id.bytes().all(letter)
}

/// Reads a calendar; its name and the version that is set are the caller's to give.
pub(super) fn parse(v: &mut Violations, given: &proto::WorkCalendar) -> Option<WorkCalendar> {
    let zone = v.required("timeZone", given.time_zone.as_str(), |zone| {
        zone.parse::<Tz>().map_err(|_| "must be a zone of the IANA database, like Asia/Dhaka")
    });
    let week = week(v, &given.week);
    let exceptions = exceptions(v, &given.exceptions);
    Some(WorkCalendar { zone: zone?, week: week?, exceptions: exceptions? })
}

fn week(v: &mut Violations, given: &[proto::WorkDay]) -> Option<[Vec<Hours>; 7]> {
    v.check("week", given.len() <= WEEKDAYS.len(), "must not have more than 7 days");
    let mut week: [Option<Vec<Hours>>; 7] = Default::default();
    let days = v.each("week", given.iter().take(WEEKDAYS.len()), |v, day| {
        let place = WEEKDAYS.iter().position(|weekday| *weekday == day.day());
        let place = v.present("day", place);
        let hours = hours(v, &day.hours);
        let (place, hours) = (place?, hours?);
        v.check("day", week[place].is_none(), "must be another day than the others");
        week[place] = Some(hours);
        Some(())
    });
    days?;
    let week = week.map(Option::unwrap_or_default);
    let open = WorkCalendar::weekly_minutes(&week) >= LEAST_WEEKLY_MINUTES;
    v.check("week", open, "must be open for at least an hour a week");
    Some(week)
}

fn exceptions(v: &mut Violations, given: &[proto::WorkException]) -> Option<BTreeMap<NaiveDate, Vec<Hours>>> {
    v.check("exceptions", given.len() <= MOST_EXCEPTIONS, "must not have more than 1000 dates");
    let mut exceptions = BTreeMap::new();
    v.each("exceptions", given.iter().take(MOST_EXCEPTIONS), |v, exception| {
        let date = v.required("date", exception.date.as_str(), parse_date);
        let hours = hours(v, &exception.hours);
        let another = exceptions.insert(date?, hours?).is_none();
        v.check("date", another, "must be another date than the others");
        Some(())
    })?;
    Some(exceptions)
}

fn hours(v: &mut Violations, given: &[proto::WorkHours]) -> Option<Vec<Hours>> {
    v.check("hours", given.len() <= MOST_HOURS, "must not be more than 10");
    let mut day = v.each("hours", given.iter().take(MOST_HOURS), |v, hours| {
        let from = v.required("from", hours.from.as_str(), |text| minute(text, DAY - 1));
        let until = v.required("until", hours.until.as_str(), |text| minute(text, DAY));
        let (from, until) = (from?, until?);
        v.check("until", from != until, "must be another time than their begin");
        Some(Hours { from, until })
    })?;
    day.sort_unstable();
    v.check("hours", !WorkCalendar::overlap(&day), "must not meet one another");
    Some(day)
}

fn minute(text: &str, last: u16) -> Result<u16, &'static str> {
    let digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts = text.split_once(':').filter(|(hour, minute)| digits(hour) && digits(minute));
    let minute =
        parts.and_then(|(hour, minute)| Some((hour.parse::<u16>().ok()?, minute.parse::<u16>().ok()?)));
    let minute = minute.filter(|(_, minute)| *minute < 60).map(|(hour, minute)| hour * 60 + minute);
    minute.filter(|minute| *minute <= last).ok_or("must be a time of day, like 09:00")
}

/// A calendar as the contract shows it.
pub(super) fn work_calendar(id: &str, calendar: &WorkCalendar, changes: i64) -> proto::WorkCalendar {
    let days = WEEKDAYS.iter().zip(&calendar.week).filter(|(_, hours)| !hours.is_empty());
    proto::WorkCalendar {
        work_calendar_id: id.to_owned(),
        time_zone: calendar.zone.name().to_owned(),
        week: days.map(|(day, hours)| proto::WorkDay { day: (*day).into(), hours: shown(hours) }).collect(),
        exceptions: calendar
            .exceptions
            .iter()
            .map(|(date, hours)| proto::WorkException { date: date.to_string(), hours: shown(hours) })
            .collect(),
        version: Some(version(changes)),
    }
}

fn shown(hours: &[Hours]) -> Vec<proto::WorkHours> {
    let time = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    hours.iter().map(|hours| proto::WorkHours { from: time(hours.from), until: time(hours.until) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work_calendars::domain::tests::vectors::calendar;

    fn fields(given: &proto::WorkCalendar) -> Vec<String> {
        let mut v = Violations::default();
        parse(&mut v, given);
        v.iter().map(|violation| violation.field.clone()).collect()
    }

    #[test]
    fn what_is_shown_can_be_set() {
        for name in ["dhaka", "kigali", "bucharest", "always", "nights"] {
            let shown = work_calendar(name, &calendar(name), 3);
            assert_eq!(parse(&mut Violations::default(), &shown), Some(calendar(name)), "{name}");
            assert_eq!(fields(&shown), Vec::<String>::new());
        }
    }

    #[test]
    fn a_calendar_without_hours_is_refused() {
        let mut closed = work_calendar("dhaka", &calendar("dhaka"), 1);
        closed.week.clear();
        assert_eq!(fields(&closed), ["week"]);
    }

    #[test]
    fn every_fault_is_told() {
        let hours =
            |from: &str, until: &str| proto::WorkHours { from: from.to_owned(), until: until.to_owned() };
        let day = |day: Weekday, hours: Vec<proto::WorkHours>| proto::WorkDay { day: day.into(), hours };
        let date = |date: &str| proto::WorkException { date: date.to_owned(), hours: Vec::new() };
        let wrong = proto::WorkCalendar {
            time_zone: "Dhaka".to_owned(),
            week: vec![
                day(
                    Weekday::Monday,
                    vec![hours("9:00", "17:00"), hours("09:00", "24:01"), hours("24:00", "01:00")],
                ),
                day(Weekday::Tuesday, vec![hours("09:00", "12:00"), hours("11:00", "13:00")]),
                day(Weekday::Tuesday, vec![hours("09:60", "09:00")]),
                day(Weekday::Wednesday, vec![hours("09:00", "09:00")]),
                day(Weekday::Unspecified, Vec::new()),
            ],
            exceptions: vec![date("2026-12-16"), date("2026-12-16"), date("16.12.2026")],
            ..Default::default()
        };
        assert_eq!(
            fields(&wrong),
            [
                "timeZone",
                "week[0].hours[0].from",
                "week[0].hours[1].until",
                "week[0].hours[2].from",
                "week[1].hours",
                "week[2].hours[0].from",
                "week[3].hours[0].until",
                "week[4].day",
                "exceptions[1].date",
                "exceptions[2].date",
            ]
        );
        assert!(is_name("dhaka-2") && !is_name("Dhaka") && !is_name("") && !is_name(&"x".repeat(41)));
    }
}
