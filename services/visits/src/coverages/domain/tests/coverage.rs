//! What a payer can do with a coverage, and what each day of it is worth afterwards.

use careway_kernel::Clock;
use proptest::prelude::*;

use super::super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn coverage(from: &str, to: &str) -> Coverage {
    let clock = Clock::manual("2026-01-01T00:00:00Z".parse().unwrap());
    Coverage {
        id: CoverageId::new(&clock),
        payer: OrganizationId::new(&clock),
        member: MemberId::new(&clock),
        family: FamilyId::new(&clock),
        plan: PlanId::new(&clock),
        plan_version: 1,
        from: day(from),
        to: day(to),
        member_since: day(from),
        policy_year_from: day(from),
        status: CoverageStatus::Active,
        suspensions: Vec::new(),
        termination: None,
        replaced_by: None,
        version: 1,
        created_at: clock.now(),
    }
}

#[test]
fn both_ends_are_covered_and_nothing_beyond() {
    let coverage = coverage("2026-03-01", "2027-02-28");
    assert_eq!(coverage.refusal_on(day("2026-02-28")), Some(Reason::NotYetStarted));
    assert_eq!(coverage.refusal_on(day("2026-03-01")), None);
    assert_eq!(coverage.refusal_on(day("2027-02-28")), None);
    assert_eq!(coverage.refusal_on(day("2027-03-01")), Some(Reason::Lapsed));
}

#[test]
fn a_suspension_leaves_the_days_before_it_alone() {
    let suspended =
        coverage("2026-01-01", "2026-12-31").suspend(day("2026-04-01"), SuspensionReason::Unpaid).unwrap();
    assert_eq!(suspended.version, 2);
    assert_eq!(suspended.refusal_on(day("2026-03-31")), None);
    assert_eq!(suspended.refusal_on(day("2026-04-01")), Some(Reason::Suspended));
    assert_eq!(
        suspended.clone().suspend(day("2026-05-01"), SuspensionReason::Other),
        Err(CoverageRefusal::NotActive)
    );
    assert_eq!(suspended.clone().resume(day("2026-03-31")), Err(CoverageRefusal::BeforeSuspension));

    let resumed = suspended.clone().resume(day("2026-05-01")).unwrap();
    assert_eq!(resumed.refusal_on(day("2026-04-30")), Some(Reason::Suspended));
    assert_eq!(resumed.refusal_on(day("2026-05-01")), None);
    let healed = suspended.resume(day("2026-04-01")).unwrap();
    assert_eq!(healed.refusal_on(day("2026-04-15")), None);
}

#[test]
fn an_early_end_is_told_apart_from_a_lapse() {
    let terminated = coverage("2026-01-01", "2026-12-31")
        .terminate(day("2026-06-30"), TerminationReason::LeftGroup)
        .unwrap();
    assert_eq!(terminated.refusal_on(day("2026-06-30")), None);
    assert_eq!(terminated.refusal_on(day("2026-07-01")), Some(Reason::Terminated));
    assert_eq!(
        terminated.terminate(day("2026-05-31"), TerminationReason::Other),
        Err(CoverageRefusal::Ended)
    );

    let clock = Clock::system();
    let replaced =
        coverage("2026-01-01", "2026-12-31").replace(CoverageId::new(&clock), day("2026-07-01")).unwrap();
    assert_eq!(replaced.to, day("2026-06-30"));
    assert_eq!(replaced.refusal_on(day("2026-07-01")), Some(Reason::Replaced));
}

#[test]
fn a_cover_entered_in_error_never_was_in_force() {
    let voided = coverage("2026-01-01", "2026-12-31")
        .terminate(day("2025-12-31"), TerminationReason::EnteredInError)
        .unwrap();
    for text in ["2025-12-01", "2026-01-01", "2026-06-01"] {
        assert_eq!(voided.refusal_on(day(text)), Some(Reason::Terminated));
    }
    assert_eq!(
        coverage("2026-01-01", "2026-12-31").terminate(day("2025-12-30"), TerminationReason::Other),
        Err(CoverageRefusal::OutsidePeriod)
    );
}

proptest! {
    #[test]
    fn ending_early_never_covers_a_day_more(last in -1_i64..365, asked in -30_i64..400) {
        let whole = coverage("2026-01-01", "2026-12-31");
        let at = |days: i64| whole.from + chrono::Duration::days(days);
        if let Ok(ended) = whole.clone().terminate(at(last), TerminationReason::Other) {
            let covered = ended.refusal_on(at(asked)).is_none();
            prop_assert_eq!(covered, asked >= 0 && asked <= last);
        }
    }
}
