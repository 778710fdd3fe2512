//! What the plan says of a medicine, and what is taken twice.

use super::super::{formulary::*, *};
use crate::{
    adjudication::input::{Tariff, TariffKind},
    plans::domain::{
        Benefit, Code, Preauthorization,
        service_type::ServiceType,
        tests::plan::{benefit, plan},
    },
};

fn tariff(benefit: &str, price: i64) -> Tariff {
    Tariff {
        code: "AMOX-500".to_owned(),
        kind: TariffKind::Medicine,
        benefits: vec![Code::parse(benefit).unwrap()],
        price,
        most_quantity: None,
    }
}

fn said(benefit: Benefit, tariff: &Tariff) -> Formulary {
    let outpatient = ServiceType::parse("OUTPATIENT").unwrap();
    formulary(&plan(vec![benefit]), &outpatient, Some(tariff), Quantity::parse("20").unwrap())
}

#[test]
fn the_plan_decides_what_is_in_the_formulary() {
    let medicines = || benefit("MEDICINES", "OUTPATIENT");
    let price = tariff("MEDICINES", 100);
    assert_eq!(said(medicines(), &price), Formulary::Covered);
    assert_eq!(said(Benefit { covered: false, ..medicines() }, &price), Formulary::NotCovered);
    assert_eq!(said(benefit("MEDICINES", "DENTAL"), &price), Formulary::NotCovered);
    assert_eq!(said(benefit("LABORATORY", "OUTPATIENT"), &price), Formulary::NotCovered);
    let excluded = Benefit { exclusions: vec!["AMOX-500".to_owned()], ..medicines() };
    assert_eq!(said(excluded, &price), Formulary::NotCovered);
    let asked = |needed| Benefit { preauthorization: needed, ..medicines() };
    assert_eq!(said(asked(Preauthorization::Always), &price), Formulary::PreauthorizationNeeded);
    assert_eq!(said(asked(Preauthorization::Above(1_999)), &price), Formulary::PreauthorizationNeeded);
    assert_eq!(said(asked(Preauthorization::Above(2_000)), &price), Formulary::Covered);
    let none =
        formulary(&plan(vec![medicines()]), &ServiceType::parse("OUTPATIENT").unwrap(), None, Quantity::ONE);
    assert_eq!(none, Formulary::Unlisted);
}

#[test]
fn what_is_taken_twice_is_warned_of() {
    let medicine = |code: &str, atc: &str| Medicine {
        code: Some(code.to_owned()),
        atc: Some(atc.to_owned()),
        name: code.to_owned(),
        ..Medicine::default()
    };
    let runs = |code: &str, atc: &str| Running {
        code: Some(code.to_owned()),
        atc: Some(atc.to_owned()),
        prescription: None,
    };
    let kinds = |lines: &[Medicine], running: &[Running]| -> Vec<(i16, WarningKind)> {
        let lines: Vec<_> = lines.iter().map(|it| (it.clone(), Formulary::Covered)).collect();
        warnings(&lines, running).iter().map(|it| (it.line, it.kind)).collect()
    };
    let (amox, ampi, ibu) =
        (medicine("AMOX", "J01CA04"), medicine("AMPI", "J01CA01"), medicine("IBU", "M01AE01"));
    assert_eq!(kinds(&[amox.clone(), ibu.clone()], &[]), []);
    assert_eq!(
        kinds(&[ibu.clone(), amox.clone()], &[runs("AMOX", "J01CA04")]),
        [(2, WarningKind::DuplicateMedicine)]
    );
    assert_eq!(
        kinds(std::slice::from_ref(&ampi), &[runs("AMOX", "J01CA04")]),
        [(1, WarningKind::DuplicateTherapy)]
    );
    assert_eq!(kinds(&[amox, ampi], &[]), [(2, WarningKind::SameTherapyTwice)]);
    // What has no classification is alike to nothing.
    let bare = Medicine { name: "Syrup".to_owned(), ..Medicine::default() };
    assert_eq!(kinds(&[bare.clone(), bare], &[Running { code: None, atc: None, prescription: None }]), []);
}

#[test]
fn a_prescription_runs_as_long_as_its_fills_last() {
    let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
    let medicine = Running { code: Some("AMOX".to_owned()), atc: None, prescription: None };
    let issued = Prescribed {
        medicine: medicine.clone(),
        issued_on: day("2026-03-01"),
        expires_on: day("2026-03-20"),
        days: 10,
        quantity: 20_000,
        refills: 2,
        dispensed: 0,
        fill_begun_on: None,
    };
    let begun =
        |dispensed, on: &str| Prescribed { dispensed, fill_begun_on: Some(day(on)), ..issued.clone() };
    // The last day on which it runs.
    let cases = [
        // Nobody fetched it: until it expires, though its fills would last until the 30th.
        (issued.clone(), "2026-03-20"),
        (Prescribed { refills: 0, ..issued.clone() }, "2026-03-10"),
        // Three fills from the first one's beginning; a part of a fill counts as one.
        (begun(1, "2026-03-05"), "2026-04-03"),
        (begun(20_000, "2026-03-05"), "2026-04-03"),
        // Two fills from the second one's, one from the third one's.
        (begun(20_001, "2026-03-15"), "2026-04-03"),
        (begun(60_000, "2026-03-25"), "2026-04-03"),
    ];
    for (prescribed, last) in cases {
        let last = day(last);
        assert_eq!(
            running(vec![prescribed.clone()], last),
            std::slice::from_ref(&medicine),
            "{prescribed:?} on {last}"
        );
        let after = last.succ_opt().unwrap();
        assert_eq!(running(vec![prescribed.clone()], after), [], "{prescribed:?} on {after}");
    }
}
