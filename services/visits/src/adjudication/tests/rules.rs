//! Prices and refusals, each rule by itself, and what is said of them.

use careway_kernel::Percent;

use super::world::{World, care, code, day, line, quantity, refusals};
use crate::{
    adjudication::{
        amounts::Amounts,
        diagnosis::Diagnosis,
        input::{Line, PriorService, Tariff, TariffKind},
        outcome::Determination,
        refusal::Refusal,
        trace::{Because, Stage},
    },
    plans::domain::{
        Benefit, Preauthorization, Scope, Span, Step, Waiting, period::Period, tests::plan::benefit,
    },
};

fn percent(text: &str) -> Percent {
    Percent::parse(text).unwrap()
}

/// The line, with another agreed price.
pub(super) fn agreed(of: Line, price: i64) -> Line {
    let tariff = of.tariff.clone().map(|tariff| Tariff { price, ..tariff });
    Line { tariff, ..of }
}

#[test]
fn the_order_of_the_steps_matters() {
    let care = Benefit { deductible: Some(code("DED")), coinsurance: percent("20"), ..care() };
    let mut world = World::of(vec![care])
        .with_deductible("DED", Period::PolicyYear, Scope::Member, 2_000)
        .with([line(1, "SURGERY", "1", 10_000)]);
    let deductible_first = world.only().amounts;
    assert_eq!(
        deductible_first,
        Amounts {
            submitted: 10_000,
            deductible: 2_000,
            coinsurance: 1_600,
            payer: 6_400,
            ..Amounts::default()
        }
    );
    world.plan.order.swap(2, 4);
    let coinsurance_first = world.only().amounts;
    assert_eq!(
        coinsurance_first,
        Amounts {
            submitted: 10_000,
            deductible: 2_000,
            coinsurance: 2_000,
            payer: 6_000,
            ..Amounts::default()
        }
    );
}

#[test]
fn what_is_above_the_agreed_price_is_written_off() {
    let only = World::of(vec![care()]).with([agreed(line(1, "SCAN", "2.5", 400), 333)]).only();
    // 2.5 times 333 is 832.5.
    let amounts = Amounts { submitted: 1_000, write_off: 167, payer: 833, ..Amounts::default() };
    assert_eq!((only.amounts, only.determination), (amounts, Determination::PartiallyApproved));
    assert_eq!(
        only.refusals[0].text(),
        "The price is above what the payer and the facility agreed on. Agreed for one: RWF 333."
    );
    let cheaper = World::of(vec![care()]).with([agreed(line(1, "SCAN", "2.5", 300), 333)]).only();
    assert_eq!((cheaper.amounts.payer, cheaper.determination), (750, Determination::Approved));
}

#[test]
fn exclusions_before_the_tariff_leave_the_claimed_price_with_the_patient() {
    let excluding = Benefit { exclusions: vec!["SCAN".to_owned()], ..care() };
    let mut world = World::of(vec![excluding]).with([agreed(line(1, "SCAN", "1", 400), 300)]);
    let amounts = world.only().amounts;
    assert_eq!((amounts.write_off, amounts.not_covered), (100, 300));
    world.plan.order.swap(0, 1);
    let amounts = world.only().amounts;
    assert_eq!((amounts.write_off, amounts.not_covered), (0, 400));
}

#[test]
fn without_an_agreed_price_nothing_is_paid() {
    let only = World::of(vec![care()]).with([Line { tariff: None, ..line(1, "SCAN", "1", 400) }]).only();
    assert_eq!((refusals(&only), only.amounts.not_covered), (vec!["PRCE-001"], 400));
    assert_eq!((only.determination, only.quantity, only.benefit), (Determination::Rejected, None, None));
}

#[test]
fn the_first_of_the_price_lists_benefits_that_the_plan_has_for_this_kind_of_care_applies() {
    let plan = vec![benefit("CARE", "DENTAL"), benefit("DRUG", "OUTPATIENT"), benefit("OTHER", "OUTPATIENT")];
    let under = |benefits: &[&str]| {
        let benefits = benefits.iter().map(|it| code(it)).collect();
        let tariff = line(1, "SCAN", "1", 400).tariff.map(|tariff| Tariff { benefits, ..tariff });
        World::of(plan.clone()).with([Line { tariff, ..line(1, "SCAN", "1", 400) }]).only()
    };
    assert_eq!(under(&["NONE", "CARE", "OTHER", "DRUG"]).benefit, Some(code("OTHER")));
    assert_eq!(under(&["CARE", "DRUG", "OTHER"]).benefit, Some(code("DRUG")));
    assert_eq!(refusals(&under(&["CARE"])), ["NCOV-001"]);
    assert_eq!(refusals(&under(&[])), ["NCOV-001"]);
}

#[test]
fn what_a_plan_names_as_not_covered_is_the_patients_at_the_agreed_price() {
    let only = World::of(vec![Benefit { covered: false, ..care() }])
        .with([agreed(line(1, "SCAN", "1", 400), 300)])
        .only();
    assert_eq!(refusals(&only), ["PRCE-002", "NCOV-001"]);
    assert_eq!((only.amounts.write_off, only.amounts.not_covered), (100, 300));
    assert_eq!((only.benefit, only.postings), (Some(code("CARE")), vec![]));
}

#[test]
fn a_service_is_excluded_by_its_code_and_a_diagnosis_by_what_it_begins_with() {
    let excluding = |codes: &[&str]| {
        let exclusions = codes.iter().map(|it| (*it).to_owned()).collect();
        World::of(vec![Benefit { exclusions, ..care() }]).with([line(1, "SCAN", "1", 400)]).only()
    };
    assert_eq!(refusals(&excluding(&["SCA", "SCAN2", "J07", "J06.91"])), [""; 0]);
    assert_eq!(refusals(&excluding(&["scan"])), ["NCOV-002"]);
    assert_eq!(refusals(&excluding(&["J06"])), ["NCOV-003"]);
    assert_eq!(refusals(&excluding(&["J069", "SCAN"])), ["NCOV-002", "NCOV-003"]);
    assert_eq!(excluding(&["J06"]).amounts.not_covered, 400);
}

#[test]
fn any_of_a_lines_diagnoses_may_exclude_it() {
    let excluding = Benefit { exclusions: vec!["F10".to_owned()], ..care() };
    let diagnoses = ["I10", "F10.2"].map(|it| Diagnosis::parse(it).unwrap()).to_vec();
    let only = World::of(vec![excluding]).with([Line { diagnoses, ..line(1, "SCAN", "1", 400) }]).only();
    assert_eq!(refusals(&only), ["NCOV-003"]);
    // What the member is shown names no diagnosis.
    let shown = serde_json::to_string(&(&only.refusals, &only.trace)).unwrap();
    assert!(!shown.contains("F10"), "{shown}");
}

#[test]
fn adults_and_children_wait_from_their_own_start() {
    let waiting = Waiting { adult: Span { months: 1, days: 0 }, child: Span { months: 0, days: 10 } };
    let mut world = World::of(vec![Benefit { waiting, ..care() }]).with([line(1, "SCAN", "1", 400)]);
    world.member_since = day("2026-05-20");
    let adult = |on| refusals(&world.only_on(on));
    assert_eq!((adult("2026-06-19"), adult("2026-06-20")), (vec!["ELIG-003"], vec![]));
    assert!(world.only_on("2026-06-19").refusals[0].text().ends_with("from 2026-06-20."));
    let mut world = world.clone();
    world.adult = false;
    let child = |on| refusals(&world.only_on(on));
    assert_eq!((child("2026-05-29"), child("2026-05-30")), (vec!["ELIG-003"], vec![]));
    assert_eq!((child("2026-05-19"), child("2026-05-20")), (vec!["ELIG-001"], vec!["ELIG-003"]));
}

#[test]
fn care_is_too_soon_again_before_and_after_other_care_but_not_on_its_day() {
    let mut world =
        World::of(vec![Benefit { frequency_days: Some(10), ..care() }]).with([line(1, "SCAN", "1", 400)]);
    world.history =
        vec![PriorService { benefit: code("CARE"), code: "FRAME".to_owned(), date: day("2026-06-10") }];
    let on = |on| refusals(&world.only_on(on));
    assert_eq!(
        (on("2026-06-10"), on("2026-06-11"), on("2026-06-19")),
        (vec![], vec!["BENX-005"], vec!["BENX-005"])
    );
    assert_eq!((on("2026-06-20"), on("2026-06-01"), on("2026-05-31")), (vec![], vec!["BENX-005"], vec![]));
    assert!(world.only_on("2026-06-19").refusals[0].text().ends_with("from 2026-06-20."));
    world.history[0].benefit = code("OTHER");
    assert_eq!(refusals(&world.only_on("2026-06-11")), [""; 0]);
}

#[test]
fn earlier_lines_count_for_how_soon_unless_they_were_rejected() {
    let twice = |first: Line| {
        let later = Line { date: day("2026-06-16"), ..line(2, "LENS", "1", 50) };
        let world = World::of(vec![Benefit { frequency_days: Some(2), ..care() }]).with([first, later]);
        world.adjudicate().lines.iter().map(|it| it.determination).collect::<Vec<_>>()
    };
    assert_eq!(twice(line(1, "FRAME", "1", 40)), [Determination::Approved, Determination::Rejected]);
    let rejected = Line { tariff: None, ..line(1, "FRAME", "1", 40) };
    assert_eq!(twice(rejected), [Determination::Rejected, Determination::Approved]);
}

#[test]
fn a_service_is_claimed_once_a_day() {
    let mut world = World::of(vec![care()]).with([line(1, "SCAN", "1", 400), line(2, "SCAN", "2", 300)]);
    let outcome = world.adjudicate();
    assert_eq!(refusals(&outcome.lines[1]), ["DUPL-002"]);
    assert!(outcome.lines[1].refusals[0].text().ends_with("See line 1."));
    // Nobody pays twice: not the patient either.
    assert_eq!((outcome.lines[1].amounts.write_off, outcome.totals.patient()), (600, 0));
    world.history =
        vec![PriorService { benefit: code("OTHER"), code: "SCAN".to_owned(), date: day("2026-06-15") }];
    assert!(world.adjudicate().lines.iter().all(|it| refusals(it) == ["DUPL-001"]));
    world.history[0].date = day("2026-06-14");
    assert_eq!(world.adjudicate(), outcome);
}

#[test]
fn the_price_list_allows_so_much_on_a_line() {
    let tariff =
        line(1, "PILLS", "12", 10).tariff.map(|it| Tariff { most_quantity: Some(quantity("7.5")), ..it });
    let only = World::of(vec![care()]).with([Line { tariff, ..line(1, "PILLS", "12", 10) }]).only();
    assert_eq!((refusals(&only), only.quantity), (vec!["PRCE-004"], Some(quantity("7.5"))));
    assert_eq!((only.amounts.write_off, only.amounts.payer), (45, 75));
    assert!(only.refusals[0].text().ends_with("It allows 7.5 of 12."));
}

#[test]
fn the_member_can_follow_every_step() {
    let care = Benefit { copayment: 100, coinsurance: percent("12.5"), ..care() };
    let only = World::of(vec![care]).with([agreed(line(1, "SCAN", "1.5", 4_000), 3_000)]).only();
    let told: Vec<_> = only
        .trace
        .iter()
        .map(|it| (it.stage.as_str(), it.before, it.taken, it.because.words(careway_kernel::Currency::Rwf)))
        .collect();
    let told: Vec<_> =
        told.iter().map(|(stage, before, taken, words)| (*stage, *before, *taken, words.as_str())).collect();
    assert_eq!(
        told,
        [
            ("PRICE", 6_000, 0, "1.5 at RWF 4,000"),
            ("TARIFF_CAP", 6_000, 1_500, "RWF 3,000 is agreed for one"),
            ("EXCLUSIONS", 4_500, 0, "nothing to take"),
            ("DEDUCTIBLE", 4_500, 0, "nothing to take"),
            ("COPAYMENT", 4_500, 100, "RWF 100 of a line is the patient's"),
            ("COINSURANCE", 4_400, 550, "12.5 % is the patient's"),
            ("CATEGORY_LIMIT", 3_850, 0, "nothing to take"),
            ("CEILING", 3_850, 0, "nothing to take"),
        ]
    );
    let kept = serde_json::to_value(&only.trace[5]).unwrap();
    assert_eq!(
        kept,
        serde_json::json!({
            "stage": "COINSURANCE", "before": 4_400, "taken": 550, "after": 3_850, "share": "COINSURANCE",
            "because": { "rule": "COINSURANCE", "percent": 1_250 },
        })
    );
}

#[test]
fn a_claim_is_rejected_only_if_no_line_passes() {
    let refused = |number| Line { tariff: None, ..line(number, "OTHER", "1", 10) };
    let determination = |lines: Vec<Line>| World::of(vec![care()]).with(lines).adjudicate().determination;
    assert_eq!(determination(vec![line(1, "SCAN", "1", 10)]), Determination::Approved);
    assert_eq!(determination(vec![line(1, "SCAN", "1", 10), refused(2)]), Determination::PartiallyApproved);
    assert_eq!(determination(vec![refused(1), refused(2)]), Determination::Rejected);
}

#[test]
fn the_patients_own_shares_are_no_refusal() {
    let only = World::of(vec![Benefit { copayment: 500, ..care() }]).with([line(1, "SCAN", "1", 400)]).only();
    assert_eq!(
        (only.amounts.copay, only.amounts.payer, only.determination),
        (400, 0, Determination::Approved)
    );
}

#[test]
fn after_a_refusal_the_steps_take_nothing() {
    let care = Benefit { copayment: 100, preauthorization: Preauthorization::Always, ..care() };
    let mut world = World::of(vec![care]).with([line(1, "SCAN", "1", 400)]);
    world.plan.order = Step::DEFAULT_ORDER.to_vec();
    let trace = world.only().trace;
    let refused = trace.iter().position(|it| it.stage == Stage::Exclusions).unwrap();
    assert_eq!(trace[refused].because, Because::Refused { refusal: Refusal::NoApproval });
    assert!(trace[refused + 1..].iter().all(|it| it.because == Because::Nothing && it.taken == 0));
}

#[test]
fn verdicts_and_kinds_have_one_name_each() {
    for determination in Determination::ALL {
        assert_eq!(serde_json::to_value(determination).unwrap(), determination.as_str());
    }
    assert_eq!(TariffKind::ALL.map(TariffKind::as_str), ["SERVICE", "MEDICINE"]);
}
