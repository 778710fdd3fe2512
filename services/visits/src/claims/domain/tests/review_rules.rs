//! What is left to a person, and decisions that fit their lines.

use careway_kernel::{Clock, Money};

use super::super::{review_rules::*, *};
use crate::{
    adjudication::{
        diagnosis::Diagnosis, input::Review, outcome::Determination, quantity::Quantity, refusal::Refusal,
    },
    payer_rules::domain::ClaimRules,
    service_lines::domain::{ServiceLine, requested::RequestedLine},
    visits::domain::{
        AdmissionNotice, Visit,
        tests::transitions::{admitted, now},
    },
};

fn rules(most: i64) -> ClaimRules {
    ClaimRules { automatic_up_to: Some(Money::new(Currency::Rwf, most)), ..Default::default() }
}

fn found(
    rules: &ClaimRules,
    visit: &Visit,
    accepted: bool,
    determination: Determination,
) -> Vec<ReviewReason> {
    let totals = Amounts { submitted: 5_000, payer: 5_000, ..Amounts::default() };
    reasons(rules, visit, accepted, (determination, &totals, Currency::Rwf), now())
}

#[test]
fn the_rules_decide_what_is_small_and_in_order() {
    let visit = admitted("OUTPATIENT");
    assert_eq!(found(&rules(5_000), &visit, false, Determination::Approved), []);
    assert_eq!(
        found(&rules(4_999), &visit, false, Determination::Approved),
        [ReviewReason::AboveAutomaticLimit]
    );
    // Without a rule a person decides, but for what nobody could allow.
    let none = ClaimRules::default();
    assert_eq!(
        found(&none, &visit, false, Determination::PartiallyApproved),
        [ReviewReason::AboveAutomaticLimit]
    );
    assert_eq!(found(&none, &visit, false, Determination::Rejected), []);
}

#[test]
fn a_visit_that_two_persons_vouched_for_waits_for_the_payers_word() {
    let mut visit = admitted("OUTPATIENT");
    visit.patient.as_mut().unwrap().overridden = true;
    assert_eq!(
        found(&rules(9_999), &visit, false, Determination::Approved),
        [ReviewReason::OverrideUnreviewed]
    );
    assert_eq!(found(&rules(9_999), &visit, true, Determination::Approved), []);
}

#[test]
fn an_admission_that_the_payer_was_told_of_late_or_never_is_looked_at() {
    let mut visit = admitted("INPATIENT");
    let due_at = now();
    let mut with = |given_at: Option<DateTime<Utc>>, due_at| {
        let notice = AdmissionNotice { due_at, warn_at: due_at, warned_at: None, given_at };
        visit.admission.as_mut().unwrap().notice = Some(notice);
        found(&rules(9_999), &visit, false, Determination::Approved)
    };
    let second = chrono::Duration::seconds(1);
    assert_eq!(with(None, due_at), []);
    assert_eq!(with(None, due_at - second), [ReviewReason::AdmissionNotNotified]);
    assert_eq!(with(Some(due_at), due_at), []);
    assert_eq!(with(Some(due_at + second), due_at), [ReviewReason::AdmissionNotNotified]);
}

fn line(position: u16, quantity: &str, unit_price: i64) -> ServiceLine {
    let asked = RequestedLine {
        code: "CONS".to_owned(),
        quantity: Quantity::parse(quantity).unwrap(),
        unit_price: Some(unit_price),
        diagnoses: vec![Diagnosis::parse("J06.9").unwrap()],
        date: "2026-03-02".parse().unwrap(),
        preauthorization: None,
    };
    ServiceLine::new(Uuid::from_u128(position.into()), position, asked)
}

fn adjust(position: u16, quantity: &str, unit_price: i64) -> LineDecision {
    let review = adjusted(Some(Quantity::parse(quantity).unwrap()), Some(unit_price), "less".to_owned());
    LineDecision { position, review: review.unwrap() }
}

#[test]
fn decisions_fit_their_lines() {
    let lines = [line(1, "2", 5_000), line(2, "1", 700)];
    assert_eq!(check(&lines, &[adjust(1, "2", 5_000), adjust(2, "0.5", 0)]), []);
    let reject = Review::Reject { refusal: Refusal::NotNecessary, text: String::new() };
    let unfit = check(
        &lines,
        &[
            adjust(1, "2.001", 5_001),
            LineDecision { position: 3, review: Review::Accept },
            LineDecision { position: 1, review: reject },
        ],
    );
    let said: Vec<_> = unfit.iter().map(|it| (it.at, it.field)).collect();
    assert_eq!(said, [(0, "quantity"), (0, "unitPrice"), (1, "line"), (2, "line")]);
    assert!(adjusted(None, None, String::new()).is_err());
}

#[test]
fn what_nothing_is_said_of_is_accepted_in_a_review_and_kept_in_an_appeal() {
    let (by, at) = (Uuid::nil(), Clock::system().now());
    let reviewed = reviewed(vec![line(1, "2", 5_000), line(2, "1", 700)], &[adjust(1, "1", 100)], by, at);
    let reviews: Vec<_> = reviewed.iter().map(|line| line.decision.clone().unwrap().review).collect();
    assert_eq!((&reviews[0], &reviews[1]), (&adjust(1, "1", 100).review, &Review::Accept));

    let mut ids = (10..).map(Uuid::from_u128);
    let accepted = [LineDecision { position: 2, review: Review::Accept }];
    let (former, next) = decided_anew(reviewed, &accepted, (Uuid::max(), at), || ids.next().unwrap());
    assert_eq!(next[0].decision.clone().unwrap().by, by, "nothing new was decided of it");
    assert_eq!(next[1].decision.clone().unwrap().by, Uuid::max());
    for (former, next) in former.iter().zip(&next) {
        assert_eq!((former.replaced_by, former.active), (Some(next.id), false));
        assert_eq!((next.replaced_by, next.position), (None, former.position));
    }
}
