//! The rows of `service-levels.jsonl` on working time.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::Value;

use super::super::{Hours, WorkCalendar};
use crate::vectors;

const WEEKDAYS: [&str; 7] = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];

/// A calendar of `service-levels.json`.
pub(crate) fn calendar(name: &str) -> WorkCalendar {
    let all = vectors::read("service-levels.json");
    let given = &all[0]["calendars"][name];
    let exceptions = given["exceptions"].as_object().unwrap().iter();
    WorkCalendar {
        zone: given["timeZone"].as_str().unwrap().parse().unwrap(),
        week: WEEKDAYS.map(|day| hours(&given["week"][day])),
        exceptions: exceptions
            .map(|(date, day)| (date.parse::<NaiveDate>().unwrap(), hours(day)))
            .collect::<BTreeMap<_, _>>(),
    }
}

fn hours(day: &Value) -> Vec<Hours> {
    let minute = |text: &Value| {
        let (hour, minute) = text.as_str().unwrap().split_once(':').unwrap();
        hour.parse::<u16>().unwrap() * 60 + minute.parse::<u16>().unwrap()
    };
    let of_day = day.as_array().map_or(&[][..], Vec::as_slice).iter();
    of_day.map(|hours| Hours { from: minute(&hours[0]), until: minute(&hours[1]) }).collect()
}

/// An instant of a row.
pub(crate) fn instant(text: &Value) -> DateTime<Utc> {
    text.as_str().unwrap().parse().unwrap()
}

#[test]
fn working_time_is_added_and_measured() {
    let (mut added, mut measured) = (0, 0);
    for row in vectors::read("service-levels.jsonl") {
        if row["from"].is_null() {
            continue;
        }
        let calendar = calendar(row["calendar"].as_str().unwrap());
        let from = instant(&row["from"]);
        if let Some(minutes) = row["minutes"].as_i64() {
            let due = calendar.add(from, TimeDelta::minutes(minutes));
            assert_eq!(due, instant(&row["dueAt"]), "{row}");
            assert_eq!(
                calendar.add(from, TimeDelta::seconds(minutes * 45)),
                instant(&row["warnAt"]),
                "{row}"
            );
            assert_eq!(calendar.between(from, due), TimeDelta::minutes(minutes), "{row}");
            added += 1;
        } else {
            let between = calendar.between(from, instant(&row["to"]));
            assert_eq!(Some(between.num_seconds()), row["seconds"].as_i64(), "{row}");
            measured += 1;
        }
    }
    assert_eq!((added, measured), (20, 4));
}

#[test]
fn working_days_are_counted_where_support_is() {
    let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    let dhaka = calendar("dhaka");
    for (from, days, expected) in [
        // Thursday: Sunday, Monday, Tuesday.
        ("2026-11-26T10:00:00Z", 3, "2026-12-01T10:00:00Z"),
        // Friday evening by Greenwich is Saturday in Dhaka already, and no working day.
        ("2026-11-27T20:00:00Z", 1, "2026-11-28T20:00:00Z"),
        // Over a holiday.
        ("2026-12-15T04:00:00Z", 1, "2026-12-17T04:00:00Z"),
        ("2026-12-15T04:00:00Z", 0, "2026-12-15T04:00:00Z"),
    ] {
        assert_eq!(dhaka.days_after(at(from), days), at(expected), "{days} days after {from}");
    }
    // The same time by the wall clock is another one in UTC after clocks went back; Cairo's first hour of 24 April is none.
    let day = at("2026-10-23T14:00:00Z");
    assert_eq!(calendar("bucharest").days_after(day, 1), at("2026-10-26T15:00:00Z"));
    assert_eq!(calendar("cairo").days_after(at("2026-04-22T22:30:00Z"), 1), at("2026-04-23T22:00:00Z"));
}

#[test]
fn a_day_that_clocks_repeat_is_open_as_the_wall_clock_says() {
    // Clocks go back from 4:00 to 3:00: half past three comes twice, and so does the half hour before it.
    let mut calendar = calendar("bucharest");
    calendar.week[6] = vec![Hours { from: 0, until: 210 }];
    let (from, until) = ("2026-10-24T21:00:00Z".parse().unwrap(), "2026-10-25T22:00:00Z".parse().unwrap());
    assert_eq!(calendar.between(from, until), TimeDelta::minutes(210 + 30));
}
