//! Every answer, and in which order they come.

use super::{
    super::{entitlement::*, *},
    coverage::coverage,
};
use crate::plans::domain::{
    Span, Waiting,
    service_type::ServiceType,
    tests::plan::{benefit, plan},
};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn types(codes: &[&str]) -> Vec<ServiceType> {
    codes.iter().map(|code| ServiceType::parse(code).unwrap()).collect()
}

/// Covered in 2026 for outpatient care at once, and dental after three months; contracted for both and optical.
fn facts(coverages: Vec<Coverage>) -> EntitlementFacts {
    let mut dental = benefit("FILLING", "DENTAL");
    let wait = Span { months: 3, days: 0 };
    dental.waiting = Waiting { adult: wait, child: Span::default() };
    EntitlementFacts {
        service_types: types(&["INPATIENT", "OUTPATIENT", "DENTAL", "OPTICAL"]),
        contracted: Some(types(&["OUTPATIENT", "DENTAL", "OPTICAL"])),
        coverages,
        plan: Some(plan(vec![dental, benefit("VISIT", "OUTPATIENT"), benefit("STAY", "INPATIENT")])),
        birth_date: Some(day("1990-04-12")),
    }
}

fn refusal(facts: &EntitlementFacts, on: &str) -> Option<Reason> {
    decide(facts, day(on)).refusal
}

#[test]
fn each_service_type_has_its_answer() {
    let facts = facts(vec![coverage("2026-01-01", "2026-12-31")]);
    let answers = |facts: &EntitlementFacts, on: &str| {
        let entitlement = decide(facts, day(on));
        assert_eq!(entitlement.refusal, None);
        entitlement.service_types.into_iter().map(|option| option.reason).collect::<Vec<_>>()
    };
    let until = day("2026-04-01");
    let adult = [
        Some(Reason::ServiceNotContracted),
        None,
        Some(Reason::WaitingPeriod { until }),
        Some(Reason::ServiceNotCovered),
    ];
    assert_eq!(answers(&facts, "2026-03-31"), adult);
    assert_eq!(answers(&facts, "2026-04-01")[2], None);
    let child = EntitlementFacts { birth_date: Some(day("2015-01-01")), ..facts };
    assert_eq!(answers(&child, "2026-01-01")[2], None);
}

#[test]
fn every_refusal_is_distinct() {
    let year = || coverage("2026-01-01", "2026-12-31");
    assert_eq!(refusal(&facts(vec![]), "2026-06-01"), Some(Reason::UnknownCard));
    assert_eq!(refusal(&facts(vec![year()]), "2025-12-31"), Some(Reason::NotYetStarted));
    assert_eq!(refusal(&facts(vec![year()]), "2027-01-01"), Some(Reason::Lapsed));
    let suspended = year().suspend(day("2026-05-01"), SuspensionReason::Unpaid).unwrap();
    assert_eq!(refusal(&facts(vec![suspended]), "2026-06-01"), Some(Reason::Suspended));
    let ended = year().terminate(day("2026-05-01"), TerminationReason::LeftGroup).unwrap();
    assert_eq!(refusal(&facts(vec![ended]), "2026-06-01"), Some(Reason::Terminated));
    let replaced = year().replace(coverage("2026-05-02", "2026-12-31").id, day("2026-05-02")).unwrap();
    assert_eq!(refusal(&facts(vec![replaced]), "2026-06-01"), Some(Reason::Replaced));
    let apart = EntitlementFacts { contracted: None, ..facts(vec![year()]) };
    assert_eq!(refusal(&apart, "2026-06-01"), Some(Reason::FacilityNotContracted));
    assert_eq!(decide(&apart, day("2026-06-01")).coverage, None, "nothing of the member");
}

#[test]
fn the_cover_of_that_day_is_found_among_others() {
    let newer = coverage("2026-06-01", "2027-05-31");
    let older = coverage("2026-01-01", "2026-12-31").replace(newer.id, day("2026-06-01")).unwrap();
    let facts = facts(vec![older.clone(), newer.clone()]);
    let on = |text: &str| decide(&facts, day(text)).coverage.unwrap().coverage_id;
    assert_eq!(on("2026-05-31"), older.id);
    assert_eq!(on("2026-06-01"), newer.id);
    // In a gap the cover to come says more than the one that ended.
    let gap = [coverage("2026-01-01", "2026-03-31"), coverage("2026-05-01", "2026-12-31")];
    assert_eq!(relevant(&gap, day("2026-04-15")).unwrap().id, gap[1].id);
}

#[test]
fn a_refused_member_is_allowed_nothing() {
    let entitlement = decide(&facts(vec![coverage("2025-01-01", "2025-12-31")]), day("2026-06-01"));
    assert_eq!(entitlement.refusal, Some(Reason::Lapsed));
    assert!(entitlement.service_types.iter().all(|it| !it.allowed && it.reason == Some(Reason::Lapsed)));
}

#[test]
fn a_snapshot_survives_being_kept() {
    let decided = decide(&facts(vec![coverage("2026-01-01", "2026-12-31")]), day("2026-02-01"));
    let json = serde_json::to_value(&decided).unwrap();
    assert_eq!(json["service_types"][2]["reason"]["code"], "WAITING_PERIOD");
    assert_eq!(serde_json::from_value::<Entitlement>(json).unwrap(), decided);
}
