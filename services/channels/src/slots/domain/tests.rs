//! Every row of `slots.jsonl`, and what it does not say of calendars that never close.

use serde_json::Value;

use super::*;
use crate::{
    resources::domain::{
        calendar::{CalendarException, Closure, DAYS},
        hours::{DAY, Hours, HoursRefusal},
        recurrence::{Recurrence, parse_local},
        rule::Rule,
    },
    vectors,
};

fn at(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

fn number<T: TryFrom<i64>>(value: &Value) -> Option<T> {
    value.as_i64().and_then(|number| T::try_from(number).ok())
}

fn hours(value: &Value) -> Result<Vec<Hours>, HoursRefusal> {
    let pairs = value.as_array().into_iter().flatten();
    pairs.map(|pair| Hours::parse(pair[0].as_str().unwrap(), pair[1].as_str().unwrap())).collect()
}

fn calendar(row: &Value) -> Result<Calendar, HoursRefusal> {
    let given = &row["calendar"];
    let each = |field: &str| given[field].as_array().into_iter().flatten().cloned().collect::<Vec<_>>();
    let day = |value: &Value| value.as_str().unwrap().parse().unwrap();
    let weekly = given["weekly"].as_object().into_iter().flatten();
    let weekly =
        weekly.map(|(name, of_day)| Ok((DAYS.iter().position(|day| day == name).unwrap(), hours(of_day)?)));
    let exceptions = each("exceptions").into_iter().map(|one| {
        Ok(CalendarException { from: day(&one["from"]), to: day(&one["to"]), hours: hours(&one["hours"])? })
    });
    let closures = each("closures").into_iter();
    let calendar = Calendar {
        zone: given["zone"].as_str().unwrap().to_owned(),
        weekly: weekly.collect::<Result<_, _>>()?,
        exceptions: exceptions.collect::<Result<_, _>>()?,
        recurring: Vec::new(),
        closures: closures
            .map(|one| Closure { id: None, from: at(&one["from"]), to: at(&one["to"]) })
            .collect(),
        capacity: number(&given["capacity"]).unwrap_or(1),
        notice_minutes: number(&row["rules"]["noticeMinutes"]).unwrap_or_default(),
        horizon_days: number(&row["rules"]["horizonDays"]).unwrap_or(730),
    };
    calendar.check()?;
    Ok(calendar)
}

fn shape(service: &Value) -> Shape {
    let duration = number(&service["duration"]).unwrap();
    let or = |field: &str, default: i64| number(&service[field]).unwrap_or(default);
    Shape { duration, step: or("step", duration), before: or("before", 0), after: or("after", 0) }
}

fn taken(value: &Value) -> Taken {
    let buffer = |field: &str| TimeDelta::minutes(number(&value[field]).unwrap_or_default());
    Taken { from: at(&value["start"]) - buffer("before"), to: at(&value["end"]) + buffer("after") }
}

#[test]
fn every_vector() {
    let rows = vectors::read("slots.jsonl");
    assert_eq!(rows.len(), 40);
    for row in rows {
        let calendar = match (calendar(&row), row["refused"].as_str()) {
            (Ok(calendar), None) => calendar,
            (Err(refusal), Some(refused)) => {
                assert_eq!(refusal.code(), refused, "{row}");
                continue;
            }
            (other, _) => panic!("{other:?}: {row}"),
        };
        let taken: Vec<_> = row["taken"].as_array().unwrap().iter().map(taken).collect();
        let asked = Asked { calendar: &calendar, taken: &taken, now: at(&row["now"]) };
        let slots = asked.slots(shape(&row["service"]), at(&row["from"])..at(&row["to"])).unwrap();
        let expected = row["slots"].as_array().unwrap().iter();
        let expected: Vec<_> = expected
            .map(|slot| Slot { start: at(&slot["start"]), free: number(&slot["free"]).unwrap() })
            .collect();
        assert_eq!(slots, expected, "{row}");
        for slot in &slots {
            assert_eq!(asked.free_at(shape(&row["service"]), slot.start), Ok(slot.free), "{row}");
        }
    }
}

#[test]
fn what_never_closes_has_the_same_slots_whatever_is_asked() {
    let always = Hours { from: 0, to: DAY };
    let calendar = Calendar {
        zone: "Europe/Bucharest".to_owned(),
        weekly: (0..7).map(|day| (day, vec![always])).collect(),
        exceptions: Vec::new(),
        closures: Vec::new(),
        recurring: Vec::new(),
        capacity: 1,
        notice_minutes: 0,
        horizon_days: 730,
    };
    let day = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    let asked = Asked { calendar: &calendar, taken: &[], now: day("2027-01-01T00:00:00Z") };
    let shape = Shape { duration: 50, step: 50, before: 0, after: 0 };
    let month = asked.slots(shape, day("2027-03-01T00:00:00Z")..day("2027-04-01T00:00:00Z")).unwrap();
    for slot in &month {
        let alone = asked.slots(shape, slot.start..slot.start + TimeDelta::minutes(1)).unwrap();
        assert_eq!(alone, [*slot]);
    }
}

#[test]
fn what_recurs_opens_and_shuts() {
    let recurring = |start: &str, minutes, rule: &str, opens| Recurrence {
        start: parse_local(start).unwrap(),
        duration_minutes: minutes,
        rule: Rule::parse(rule).unwrap(),
        exdates: Vec::new(),
        opens,
    };
    let calendar = Calendar {
        zone: "Europe/Bucharest".to_owned(),
        weekly: [(0, vec![Hours { from: 9 * 60, to: 11 * 60 }])].into(),
        exceptions: vec![CalendarException {
            from: "2027-02-08".parse().unwrap(),
            to: "2027-02-08".parse().unwrap(),
            hours: Vec::new(),
        }],
        closures: Vec::new(),
        recurring: vec![
            recurring("2027-02-01T11:00", 60, "FREQ=WEEKLY;BYDAY=MO", true),
            recurring("2027-02-01T10:00", 30, "FREQ=WEEKLY;INTERVAL=2", false),
        ],
        capacity: 1,
        notice_minutes: 0,
        horizon_days: 730,
    };
    let day = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    let asked = Asked { calendar: &calendar, taken: &[], now: day("2027-01-01T00:00:00Z") };
    let shape = Shape { duration: 30, step: 30, before: 0, after: 0 };
    let slots = asked.slots(shape, day("2027-02-01T00:00:00Z")..day("2027-02-16T00:00:00Z")).unwrap();
    let starts: Vec<_> = slots.iter().map(|slot| slot.start.format("%d %H:%M").to_string()).collect();
    let expected = ["07:00", "07:30", "08:30", "09:00", "09:30"];
    let on = |day: &str| expected.map(|time| format!("{day} {time}"));
    assert_eq!(starts, [on("01"), on("15")].concat(), "the same grid all morning, and nothing on the 8th");
}
