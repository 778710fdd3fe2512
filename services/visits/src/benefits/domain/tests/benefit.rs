//! Statements of a small plan.

use careway_kernel::VisitId;

use super::super::*;
use crate::{
    coverages::domain::{SuspensionReason, tests::coverage::coverage},
    plans::domain::{
        Growth, Span, Waiting,
        tests::plan::{benefit, plan},
    },
};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn code(text: &str) -> Code {
    Code::parse(text).unwrap()
}

fn limit(period: Period, scope: Scope, unit: Unit, most: i64) -> Limit {
    Limit { period, scope, unit, most, growth: None }
}

/// Dental with everything, optical not covered, a growing ceiling of the family.
fn gold() -> PlanDefinition {
    let growth = Some(Growth { above_members: 2, each: 100, cap: 5000 });
    let mut gold = plan(vec![
        Benefit {
            limits: vec![
                limit(Period::PolicyYear, Scope::Member, Unit::Amount, 1000),
                limit(Period::Visit, Scope::Member, Unit::Count, 2),
            ],
            deductible: Some(code("DED")),
            ceilings: vec![code("ALL")],
            waiting: Waiting { adult: Span { months: 3, days: 0 }, child: Span::default() },
            ..benefit("FILLING", "DENTAL")
        },
        Benefit { covered: false, ..benefit("GLASSES", "OPTICAL") },
        benefit("STAY", "INPATIENT"),
    ]);
    let shared = Limit { growth, ..limit(Period::PolicyYear, Scope::Family, Unit::Amount, 2000) };
    gold.ceilings = vec![Ceiling { code: code("ALL"), names: gold.names.clone(), limit: shared }];
    gold.deductibles =
        vec![Deductible { code: code("DED"), period: Period::PolicyYear, scope: Scope::Member, amount: 300 }];
    gold
}

fn balance(account: &str, scope: Scope, period: Period, unit: Unit, used: i64, reserved: i64) -> Balance {
    Balance { account: account.to_owned(), scope, period, unit, used, reserved }
}

fn subject<'a>(coverage: &'a Coverage, on: &str) -> Subject<'a> {
    let visit = Some(VisitId::new(&careway_kernel::Clock::system()));
    Subject {
        coverage,
        occasion: Occasion { on: day(on), policy_year_from: coverage.policy_year_from, visit },
        adult: true,
        family_size: 4,
        not_contracted: vec![],
        only: None,
    }
}

#[test]
fn every_number_is_there() {
    let coverage = coverage("2026-01-15", "2027-12-31");
    let balances = [
        balance("FILLING", Scope::Member, Period::PolicyYear, Unit::Amount, 400, 250),
        balance("DED", Scope::Member, Period::PolicyYear, Unit::Amount, 120, 0),
        balance("ALL", Scope::Family, Period::PolicyYear, Unit::Amount, 2150, 0),
    ];
    let gold = gold();
    let statement = statement(&gold, &subject(&coverage, "2026-06-01"), &balances);
    assert_eq!(statement.refusal, None);

    let filling = &statement.benefits[0];
    assert_eq!(filling.reason, None);
    let [year, visit] = filling.limits[..] else { panic!("two limits") };
    assert_eq!((year.most, year.used, year.reserved, year.left()), (1000, 400, 250, 350));
    assert_eq!(year.next_reset, Some(day("2027-01-15")));
    assert_eq!((visit.most, visit.used, visit.left(), visit.next_reset), (2, 0, 2, None));
    assert_eq!(filling.deductible.unwrap().left(), 180);
    assert_eq!(statement.benefits[1].reason, Some(Reason::ServiceNotCovered));

    // Four in the family, two above: 2,200.
    let (ceiling, line) = &statement.ceilings[0];
    assert_eq!((ceiling.code.as_str(), line.most, line.left()), ("ALL", 2200, 50));
}

#[test]
fn a_shrunken_family_is_left_nothing_and_never_less() {
    let coverage = coverage("2026-01-15", "2027-12-31");
    let balances = [balance("ALL", Scope::Family, Period::PolicyYear, Unit::Amount, 2150, 0)];
    let gold = gold();
    let subject = Subject { family_size: 1, ..subject(&coverage, "2026-06-01") };
    assert_eq!(statement(&gold, &subject, &balances).ceilings[0].1.left(), 0);
}

#[test]
fn reasons_come_in_their_order() {
    let covered = coverage("2026-01-15", "2026-12-31");
    let gold = gold();
    let reason = |subject: &Subject<'_>| statement(&gold, subject, &[]).benefits[0].reason;
    let until = day("2026-04-15");
    assert_eq!(reason(&subject(&covered, "2026-04-14")), Some(Reason::WaitingPeriod { until }));
    let child = Subject { adult: false, ..subject(&covered, "2026-04-14") };
    assert_eq!(reason(&child), None);
    let elsewhere = Subject {
        not_contracted: vec![ServiceType::parse("DENTAL").unwrap()],
        ..subject(&covered, "2026-04-14")
    };
    assert_eq!(reason(&elsewhere), Some(Reason::ServiceNotContracted));
    let suspended = covered.clone().suspend(day("2026-05-01"), SuspensionReason::Unpaid).unwrap();
    assert_eq!(reason(&subject(&suspended, "2026-05-01")), Some(Reason::Suspended));
    assert_eq!(reason(&subject(&covered, "2027-01-01")), Some(Reason::Lapsed));
}

#[test]
fn one_kind_of_care_brings_only_its_ceilings() {
    let coverage = coverage("2026-01-15", "2026-12-31");
    let gold = gold();
    let only =
        Subject { only: Some(ServiceType::parse("INPATIENT").unwrap()), ..subject(&coverage, "2026-06-01") };
    let statement = statement(&gold, &only, &[]);
    assert_eq!(statement.benefits.len(), 1);
    assert!(statement.ceilings.is_empty());
}
