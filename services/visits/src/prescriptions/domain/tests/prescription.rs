//! What may be handed out, when, and never more.

use careway_kernel::Clock;
use proptest::prelude::*;

use super::super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn line(quantity: &str, days: i16, refills: i16) -> Line {
    Line {
        number: 1,
        medicine: Medicine { name: "Amoxicillin".to_owned(), ..Medicine::default() },
        days,
        quantity: Quantity::parse(quantity).unwrap(),
        refills,
        substitution_allowed: true,
        formulary: Formulary::Covered,
        dispensed: 0,
        fill_begun_on: None,
    }
}

fn prescription(line: Line) -> Prescription {
    let clock = Clock::system();
    Prescription {
        id: PrescriptionId::new(&clock),
        version: 1,
        number: "R26-0000001-00".to_owned(),
        facility: OrganizationId::new(&clock),
        payer: OrganizationId::new(&clock),
        visit: VisitId::new(&clock),
        visit_number: "V26-0000001-00".to_owned(),
        member: MemberId::new(&clock),
        content: Content {
            prescriber: "Dr. Mugisha".to_owned(),
            licence: "RMDC-1".to_owned(),
            directions: vec![],
            warnings: vec![],
        },
        issued_at: clock.now(),
        issued_by: Uuid::nil(),
        issued_on: day("2026-03-02"),
        expires_on: day("2026-12-31"),
        lines: vec![line],
        cancellation: None,
    }
}

fn hand(
    prescription: Prescription,
    quantity: Option<&str>,
    on: &str,
) -> Result<(Prescription, Vec<Dispensing>), Refusal> {
    let input = DispensedInput {
        line: 1,
        quantity: quantity.map(|it| Quantity::parse(it).unwrap()),
        substitute: None,
    };
    let facility = prescription.facility;
    prescription.dispense(&[input], (facility, Clock::system().now(), day(on)))
}

#[test]
fn a_fill_is_handed_out_in_parts() {
    let (it, first) = hand(prescription(line("21", 7, 0)), Some("10.5"), "2026-03-02").unwrap();
    assert_eq!(
        (first[0].fill, first[0].begins, it.state(day("2026-03-02"))),
        (1, true, State::PartiallyDispensed)
    );
    assert_eq!(
        hand(it.clone(), Some("11"), "2026-03-03").unwrap_err(),
        Refusal::MoreThanLeft { line: 1, available: Quantity::parse("10.5").unwrap() }
    );
    let (it, rest) = hand(it, None, "2026-03-03").unwrap();
    assert_eq!((rest[0].quantity.to_string().as_str(), rest[0].begins), ("10.5", false));
    assert_eq!(it.state(day("2027-03-03")), State::Dispensed);
    assert_eq!(hand(it, None, "2026-03-04").unwrap_err(), Refusal::NothingLeft { line: None });
}

#[test]
fn a_refill_waits_for_three_quarters_of_the_days() {
    let (it, _) = hand(prescription(line("30", 30, 2)), None, "2026-03-01").unwrap();
    assert_eq!(it.lines[0].due(day("2026-03-23")), Due::From(day("2026-03-24")));
    assert_eq!(
        hand(it.clone(), None, "2026-03-23").unwrap_err(),
        Refusal::RefillTooSoon { line: 1, on: day("2026-03-24") }
    );
    let (it, second) = hand(it, Some("10"), "2026-03-24").unwrap();
    assert_eq!((second[0].fill, second[0].begins), (2, true));
    // The rest of a fill that was begun may be had at any time; the one after waits from its own beginning.
    let (it, rest) = hand(it, None, "2026-03-25").unwrap();
    assert_eq!((rest[0].fill, rest[0].begins), (2, false));
    assert_eq!(it.lines[0].due(day("2026-03-26")), Due::From(day("2026-04-16")));
}

#[test]
fn nothing_is_handed_out_after_the_last_day_or_a_cancellation() {
    let it = prescription(line("21", 7, 0));
    assert!(hand(it.clone(), None, "2026-12-31").is_ok());
    assert_eq!(hand(it.clone(), None, "2027-01-01").unwrap_err(), Refusal::Expired { on: day("2026-12-31") });
    let at = Clock::system().now();
    let it = it.cancel(at, day("2026-03-02"), "wrong patient".to_owned()).unwrap();
    assert_eq!(hand(it.clone(), None, "2026-03-03").unwrap_err(), Refusal::Cancelled);
    assert_eq!(it.cancel(at, day("2026-03-02"), String::new()).unwrap_err(), Refusal::Cancelled);
}

#[test]
fn an_equivalent_only_where_it_is_allowed() {
    let mut it = prescription(line("21", 7, 0));
    let facility = it.facility;
    let input = [DispensedInput { line: 1, quantity: None, substitute: Some("Amoxil".to_owned()) }];
    let now = (facility, Clock::system().now(), day("2026-03-02"));
    assert!(it.clone().dispense(&input, now).is_ok());
    it.lines[0].substitution_allowed = false;
    assert_eq!(it.dispense(&input, now).unwrap_err(), Refusal::SubstitutionNotAllowed { line: 1 });
}

#[test]
fn it_runs_long_enough_for_every_fill() {
    assert_eq!(default_expiry(day("2026-03-02"), &[(7, 0), (30, 3)]), day("2026-05-31"));
    assert_eq!(default_expiry(day("2026-03-02"), &[(7, 0)]), day("2026-04-01"));
}

proptest! {
    #[test]
    fn never_more_than_was_prescribed_and_no_fill_twice(
        quantity in 1_i64..50_000,
        days in 1_i16..60,
        refills in 0_i16..5,
        tries in prop::collection::vec((0_u64..40, 1_i64..60_000, any::<bool>()), 1..60),
    ) {
        let each = Quantity::from_thousandths(quantity).unwrap();
        let mut it = prescription(Line { quantity: each, ..line("1", days, refills) });
        it.expires_on = NaiveDate::MAX;
        let (mut today, mut handed) = (day("2026-03-02"), Vec::new());
        for (later, asked, all) in tries {
            today = today + Days::new(later);
            let asked = (!all).then(|| Quantity::from_thousandths(asked).unwrap());
            let input = [DispensedInput { line: 1, quantity: asked, substitute: None }];
            let (facility, at) = (it.facility, it.issued_at);
            if let Ok((next, new)) = it.clone().dispense(&input, (facility, at, today)) {
                handed.extend(new.into_iter().map(|one| (today, one)));
                it = next;
            }
            let total: i64 = handed.iter().map(|(_, one)| one.quantity.thousandths()).sum();
            prop_assert_eq!(total, it.lines[0].dispensed);
            prop_assert!(total <= it.lines[0].total());
        }
        for fill in 1..=refills + 1 {
            let of_fill: Vec<_> = handed.iter().filter(|(_, one)| one.fill == fill).collect();
            prop_assert!(of_fill.iter().map(|(_, one)| one.quantity.thousandths()).sum::<i64>() <= quantity);
            prop_assert!(of_fill.iter().filter(|(_, one)| one.begins).count() <= 1);
        }
        let begun: Vec<_> = handed.iter().filter(|(_, one)| one.begins).map(|(on, _)| *on).collect();
        for pair in begun.windows(2) {
            prop_assert!((pair[1] - pair[0]).num_days() * 4 >= i64::from(days) * 3);
        }
    }
}
