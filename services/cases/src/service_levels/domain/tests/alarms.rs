//! What is told of clocks, and when.

use chrono::{DateTime, Utc};

use super::{is_breached, level};
use crate::service_levels::domain::{
    Severity,
    clocks::{Alarm, Clocks, Due, Measure},
};

fn at(text: &str) -> DateTime<Utc> {
    format!("2026-{text}:00Z").parse().unwrap()
}

fn told(clocks: &mut Clocks, severity: Severity, now: &str) -> Vec<(Measure, Alarm)> {
    let alarms = clocks.tell(&level("dhaka"), severity, at(now));
    alarms.into_iter().map(|(reading, alarm)| (reading.measure, alarm)).collect()
}

#[test]
fn three_quarters_and_the_end_are_told_once_each() {
    let mut clocks = Clocks::opened(at("11-24T04:00"));
    let due = clocks.due(&level("dhaka"), Severity::High);
    let (warn, end) = (at("11-24T07:00"), at("11-24T08:00"));
    assert_eq!(due, Due { due_at: Some(end), warn_at: Some(warn), tell_at: Some(warn) });
    assert_eq!(told(&mut clocks, Severity::High, "11-24T07:00"), []);
    assert_eq!(told(&mut clocks, Severity::High, "11-24T07:01"), [(Measure::FirstResponse, Alarm::Warning)]);
    assert_eq!(told(&mut clocks, Severity::High, "11-24T07:59"), []);
    assert_eq!(clocks.due(&level("dhaka"), Severity::High).tell_at, Some(end));
    assert_eq!(told(&mut clocks, Severity::High, "11-24T08:01"), [(Measure::FirstResponse, Alarm::Breach)]);
    assert_eq!(told(&mut clocks, Severity::High, "11-25T04:00"), []);
    let due = clocks.due(&level("dhaka"), Severity::High);
    assert_eq!(due.due_at, Some(end), "it stays due until it is done");
    assert_eq!(due.tell_at, Some(at("11-25T08:00")), "the resolution is next");
}

#[test]
fn a_clock_that_is_over_is_not_warned_of() {
    let mut clocks = Clocks::opened(at("11-24T04:00"));
    assert_eq!(told(&mut clocks, Severity::Urgent, "11-24T06:00"), [(Measure::FirstResponse, Alarm::Breach)]);
    assert_eq!(told(&mut clocks, Severity::Urgent, "11-24T06:01"), []);
}

#[test]
fn every_wait_for_an_answer_is_a_clock_of_its_own() {
    let mut clocks = Clocks::opened(at("11-24T04:00"));
    for day in ["11-24", "11-25"] {
        clocks.support_wrote(at(&format!("{day}T05:00")));
        clocks.partner_wrote(at(&format!("{day}T06:00")));
        let now = format!("{day}T07:01");
        let told = told(&mut clocks, Severity::Urgent, &now);
        assert!(told.contains(&(Measure::NextResponse, Alarm::Breach)), "{told:?}");
    }
}

#[test]
fn nothing_is_due_while_the_partner_is_waited_for_and_when_it_is_closed() {
    let mut clocks = Clocks::opened(at("11-24T04:00"));
    clocks.support_wrote(at("11-24T05:00"));
    clocks.run(false, at("11-24T05:00"));
    clocks.run(false, at("11-24T05:30"));
    assert_eq!(clocks.due(&level("dhaka"), Severity::Normal), Due::default());
    clocks.run(true, at("11-24T06:00"));
    assert_eq!(clocks.due(&level("dhaka"), Severity::Normal).due_at, Some(at("12-01T05:00")));
    clocks.end();
    assert_eq!(clocks.due(&level("dhaka"), Severity::Normal), Due::default());
    assert_eq!(told(&mut clocks, Severity::Normal, "12-24T05:00"), []);
}

#[test]
fn a_resolution_that_was_late_before_a_pause_stays_late() {
    let mut clocks = Clocks::opened(at("11-24T04:00"));
    clocks.support_wrote(at("11-24T04:30"));
    clocks.run(false, at("11-26T05:00"));
    let late = |clocks: &Clocks| {
        let readings = clocks.read(&level("dhaka"), Severity::Urgent);
        let resolution = readings.into_iter().find(|reading| reading.measure == Measure::Resolution).unwrap();
        (resolution.due_at, is_breached(&resolution, at("11-26T06:00")))
    };
    assert_eq!(late(&clocks), (Some(at("11-25T04:00")), true));
    assert_eq!(clocks.due(&level("dhaka"), Severity::Urgent).due_at, None, "but nobody waits for support");
}
