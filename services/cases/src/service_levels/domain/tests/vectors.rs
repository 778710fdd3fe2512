//! The rows of `service-levels.jsonl` on whole clocks of a case.

use chrono::TimeDelta;
use serde_json::Value;

use super::{is_breached, level};
use crate::{
    service_levels::domain::{
        ServiceLevel, Severity, Targets,
        clocks::{Clocks, Measure, Reading},
    },
    vectors,
    work_calendars::domain::tests::vectors::instant,
};

/// The targets of a row, which must be those that the tests of clocks use.
fn level_of(row: &Value) -> ServiceLevel {
    let level = level(row["calendar"].as_str().unwrap());
    for severity in Severity::ALL {
        let Targets { first_response, next_response, resolution } = level.targets.of(severity);
        let given: Vec<u32> = serde_json::from_value(row["targets"][severity.as_str()].clone()).unwrap();
        assert_eq!([first_response, next_response, resolution].as_slice(), given);
    }
    level
}

fn severity(name: &Value) -> Severity {
    *Severity::ALL.iter().find(|severity| Some(severity.as_str()) == name.as_str()).unwrap()
}

/// The case as it is after the row's events.
fn played(row: &Value) -> (Clocks, Severity) {
    let (mut clocks, mut of) = (Clocks::opened(instant(&row["events"][0][0])), severity(&row["severity"]));
    for event in row["events"].as_array().unwrap() {
        let at = instant(&event[0]);
        match event[1].as_str().unwrap() {
            "OPENED" => {}
            "SUPPORT" => clocks.support_wrote(at),
            "WAIT" | "SOLVE" => clocks.run(false, at),
            "PARTNER" => {
                clocks.partner_wrote(at);
                clocks.run(true, at);
            }
            "SEVERITY" => of = severity(&event[2]),
            unknown => panic!("{unknown}"),
        }
    }
    (clocks, of)
}

#[test]
fn the_clocks_of_a_case_stand_as_they_should() {
    let mut rows = 0;
    for row in vectors::read("service-levels.jsonl").iter().filter(|row| row["events"].is_array()) {
        let (level, (clocks, severity)) = (level_of(row), played(row));
        let (readings, now) = (clocks.read(&level, severity), instant(&row["at"]));
        let reading = |measure| readings.iter().find(|reading| reading.measure == measure);
        for (name, measure) in [
            ("firstResponse", Measure::FirstResponse),
            ("nextResponse", Measure::NextResponse),
            ("resolution", Measure::Resolution),
        ] {
            let (expected, reading) = (&row["expect"][name], reading(measure));
            assert_eq!(expected.is_null(), reading.is_none(), "{name} of {row}");
            let Some(reading) = reading else { continue };
            assert_stands(reading, expected, now, &format!("{name} of {row}"));
        }
        rows += 1;
    }
    assert_eq!(rows, 7);
}

fn assert_stands(reading: &Reading, expected: &Value, now: chrono::DateTime<chrono::Utc>, which: &str) {
    let at = |field: &str| expected.get(field).filter(|at| !at.is_null()).map(instant);
    assert_eq!(reading.due_at, at("dueAt"), "{which}");
    assert_eq!(reading.met_at, at("metAt"), "{which}");
    assert_eq!(Some(is_breached(reading, now)), expected["breached"].as_bool(), "{which}");
    let left = expected["leftMinutes"].as_i64().map(TimeDelta::minutes);
    assert_eq!(reading.left, left, "{which}");
    if let Some(paused) = expected["paused"].as_bool() {
        assert_eq!(reading.left.is_some(), paused, "{which}");
    }
}
