//! Waiting, age, growing limits, and that a definition survives being kept.

use super::super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn texts(text: &str) -> Texts {
    Texts::from([(Language::En, text.to_owned())])
}

pub(crate) fn benefit(code: &str, service_type: &str) -> Benefit {
    Benefit {
        code: Code::parse(code).unwrap(),
        service_type: ServiceType::parse(service_type).unwrap(),
        names: texts(code),
        covered: true,
        limits: vec![],
        deductible: None,
        ceilings: vec![],
        ceiling_exempt: vec![],
        copayment: 0,
        coinsurance: Percent::ZERO,
        waiting: Waiting::default(),
        frequency_days: None,
        preauthorization: Preauthorization::Never,
        exclusions: vec![],
        conditions: vec![],
    }
}

pub(crate) fn plan(benefits: Vec<Benefit>) -> PlanDefinition {
    PlanDefinition {
        code: "GOLD".to_owned(),
        names: texts("Gold"),
        currency: Currency::Rwf,
        adult_age: 18,
        benefits,
        ceilings: vec![],
        deductibles: vec![],
        order: Step::DEFAULT_ORDER.to_vec(),
    }
}

#[test]
fn care_is_refused_until_its_shortest_wait_is_over() {
    let waits = |code: &str, months, days| Benefit {
        waiting: Waiting { adult: Span { months, days }, child: Span::default() },
        ..benefit(code, "DENTAL")
    };
    let plan = plan(vec![waits("CROWN", 6, 0), waits("FILLING", 1, 5), benefit("STAY", "INPATIENT")]);
    let dental = ServiceType::parse("DENTAL").unwrap();
    let asked = |on: &str, adult| plan.refusal(&dental, day("2026-01-31"), adult, day(on));
    // A month after 31 January is 28 February; five days more, 5 March.
    let until = day("2026-03-05");
    assert_eq!(asked("2026-03-04", true), Some(Reason::WaitingPeriod { until }));
    assert_eq!(asked("2026-03-05", true), None);
    assert_eq!(asked("2026-01-31", false), None);
    let optical = ServiceType::parse("OPTICAL").unwrap();
    assert_eq!(plan.refusal(&optical, day("2026-01-01"), true, until), Some(Reason::ServiceNotCovered));
}

#[test]
fn what_is_named_as_not_covered_is_not_covered() {
    let plan = plan(vec![Benefit { covered: false, ..benefit("CROWN", "DENTAL") }]);
    let dental = ServiceType::parse("DENTAL").unwrap();
    let on = day("2026-06-01");
    assert_eq!(plan.refusal(&dental, on, true, on), Some(Reason::ServiceNotCovered));
}

#[test]
fn one_is_an_adult_on_the_birthday() {
    let plan = plan(vec![]);
    let born = Some(day("2008-02-29"));
    assert!(!plan.is_adult(born, day("2026-02-28")));
    assert!(plan.is_adult(born, day("2026-03-01")));
    assert!(plan.is_adult(None, day("2026-03-01")));
}

#[test]
fn a_familys_limit_grows_up_to_its_cap() {
    let growth = Some(Growth { above_members: 4, each: 100, cap: 1250 });
    let limit =
        Limit { period: Period::PolicyYear, scope: Scope::Family, unit: Unit::Amount, most: 1000, growth };
    let of = |members| limit.most_for(members);
    assert_eq!([of(1), of(4), of(5), of(6), of(7), of(u32::MAX)], [1000, 1000, 1100, 1200, 1250, 1250]);
}

#[test]
fn a_definition_survives_being_kept() {
    let kept = plan(vec![Benefit {
        coinsurance: Percent::parse("12.5").unwrap(),
        preauthorization: Preauthorization::Above(5000),
        frequency_days: Some(365),
        ceiling_exempt: vec![AgeGroup::Child],
        conditions: vec![Texts::from([(Language::Rw, "Zana urupapuro".to_owned())])],
        ..benefit("CROWN", "DENTAL")
    }]);
    let json = serde_json::to_value(&kept).unwrap();
    assert_eq!(serde_json::from_value::<PlanDefinition>(json.clone()).unwrap(), kept);
    let mut strange = json;
    strange["surprise"] = true.into();
    assert!(serde_json::from_value::<PlanDefinition>(strange).is_err());
}

#[test]
fn a_text_missing_in_a_language_is_shown_in_another() {
    let both = Texts::from([(Language::En, "Stay".to_owned()), (Language::Rw, "Ibitaro".to_owned())]);
    assert_eq!(text_in(&both, Language::Rw), "Ibitaro");
    assert_eq!(text_in(&both, Language::Vi), "Stay");
    assert_eq!(text_in(&Texts::from([(Language::Fr, "Séjour".to_owned())]), Language::Vi), "Séjour");
}
