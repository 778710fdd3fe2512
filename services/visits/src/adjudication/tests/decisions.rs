//! Pre-authorizations and reviews: what the payer decided before, and what after.

use careway_kernel::{MemberId, OrganizationId};
use uuid::Uuid;

use super::{
    rules::agreed,
    world::{World, approval, care, day, line, quantity, refusals},
};
use crate::{
    adjudication::{
        input::{Approval, Line, Review, Tariff},
        outcome::Determination,
        refusal::Refusal,
    },
    benefits::domain::posting::Cause,
    plans::domain::{Benefit, Preauthorization},
};

fn asking(preauthorization: Preauthorization, approval: Option<Approval>) -> World {
    let scan = Line { approval, ..line(1, "SCAN", "4", 100) };
    World::of(vec![Benefit { preauthorization, ..care() }]).with([scan])
}

#[test]
fn what_needs_a_pre_authorization_is_not_paid_without() {
    let only = asking(Preauthorization::Always, None).only();
    assert_eq!((refusals(&only), only.needs_approval), (vec!["AUTH-001"], true));
    assert_eq!((only.amounts.write_off, only.amounts.patient()), (400, 0));
    assert_eq!(only.refusals[0].text(), "A pre-authorization is needed and none was found.");
    let good = asking(Preauthorization::Always, Some(approval("4"))).only();
    assert_eq!((refusals(&good), good.amounts.payer, good.draws), (vec![], 400, true));
    let never = asking(Preauthorization::Never, None).only();
    assert_eq!((refusals(&never), never.needs_approval, never.draws), (vec![], false, false));
}

#[test]
fn it_is_needed_above_an_amount_at_the_agreed_price() {
    let needs = |above| asking(Preauthorization::Above(above), None).only().needs_approval;
    assert_eq!((needs(399), needs(400)), (true, false));
    let mut world = asking(Preauthorization::Above(399), None);
    world.lines = vec![agreed(world.lines[0].clone(), 99)];
    assert!(!world.only().needs_approval);
}

#[test]
fn asking_for_it_does_not_need_it() {
    let mut world = asking(Preauthorization::Always, None);
    world.lines[0].cause = Cause::PreauthorizationLine(Uuid::from_u128(9));
    let only = world.only();
    assert_eq!((refusals(&only), only.needs_approval, only.amounts.payer), (vec![], true, 400));
}

#[test]
fn a_pre_authorization_is_for_this_member_facility_service_and_time() {
    let other = Uuid::from_u128(99);
    let good = approval("4");
    let on = |from: &str, to: &str| Approval { from: day(from), to: day(to), ..good.clone() };
    let cases = [
        (Approval { member: MemberId::from_uuid(other), ..good.clone() }, vec!["AUTH-004"]),
        (Approval { facility: OrganizationId::from_uuid(other), ..good.clone() }, vec!["AUTH-003"]),
        (Approval { code: "SCAN2".to_owned(), ..good.clone() }, vec!["AUTH-005"]),
        (on("2026-06-01", "2026-06-14"), vec!["AUTH-002"]),
        (on("2026-06-16", "2026-06-30"), vec!["AUTH-002"]),
        (on("2026-06-15", "2026-06-15"), vec![]),
        (
            Approval {
                member: MemberId::from_uuid(other),
                facility: OrganizationId::from_uuid(other),
                ..on("2026-06-16", "2026-06-30")
            },
            vec!["AUTH-004", "AUTH-003", "AUTH-002"],
        ),
    ];
    for (approval, expected) in cases {
        assert_eq!(refusals(&asking(Preauthorization::Always, Some(approval.clone())).only()), expected);
        // Where none is needed, one with a fault is as none.
        let unneeded = asking(Preauthorization::Never, Some(approval)).only();
        assert_eq!((refusals(&unneeded), unneeded.draws), (vec![], expected.is_empty()));
    }
}

#[test]
fn no_more_is_paid_than_was_approved() {
    let fewer = asking(Preauthorization::Always, Some(approval("2.5"))).only();
    assert_eq!((refusals(&fewer), fewer.quantity), (vec!["AUTH-006"], Some(quantity("2.5"))));
    assert_eq!((fewer.amounts.write_off, fewer.amounts.payer), (150, 250));
    let used_up = Approval { quantity: None, ..approval("1") };
    let none = asking(Preauthorization::Always, Some(used_up)).only();
    assert_eq!((refusals(&none), none.determination), (vec!["AUTH-006"], Determination::Rejected));
    let cheaper = |amount| {
        let approval = Approval { amount: Some(amount), ..approval("4") };
        asking(Preauthorization::Always, Some(approval)).only()
    };
    assert_eq!((refusals(&cheaper(399)), cheaper(399).amounts.payer), (vec!["AUTH-007"], 399));
    assert_eq!((refusals(&cheaper(400)), cheaper(400).determination), (vec![], Determination::Approved));
    assert_eq!(
        (refusals(&cheaper(0)), cheaper(0).determination),
        (vec!["AUTH-007"], Determination::Rejected)
    );
    // It binds though none was needed.
    let unneeded = asking(Preauthorization::Never, Some(approval("2.5"))).only();
    assert_eq!(refusals(&unneeded), ["AUTH-006"]);
}

#[test]
fn lines_that_cite_one_approval_share_what_it_allows() {
    let cite = |number, date: &str, quantity: &str| Line {
        date: day(date),
        approval: Some(Approval { amount: Some(500), ..approval("6") }),
        ..line(number, "SCAN", quantity, 100)
    };
    let care = Benefit { preauthorization: Preauthorization::Always, ..care() };
    let world = World::of(vec![care]).with([
        cite(1, "2026-06-15", "4"),
        cite(2, "2026-06-16", "3"),
        cite(3, "2026-06-17", "1"),
    ]);
    let lines = world.adjudicate().lines;
    let said: Vec<_> = lines.iter().map(|it| (refusals(it), it.quantity, it.amounts.payer)).collect();
    assert_eq!(said[0], (vec![], Some(quantity("4")), 400));
    assert_eq!(said[1], (vec!["AUTH-006", "AUTH-007"], Some(quantity("2")), 100));
    assert_eq!(said[2], (vec!["AUTH-006"], None, 0));
}

fn reviewed(decision: Review) -> Line {
    Line { decision: Some(decision), ..agreed(line(1, "SCAN", "4", 100), 90) }
}

#[test]
fn what_a_reviewer_rejects_is_rejected_for_the_reviewers_reason() {
    let reject = |refusal| {
        let decision = Review::Reject { refusal, text: "Seen last week.".to_owned() };
        World::of(vec![care()]).with([reviewed(decision)]).only()
    };
    let only = reject(Refusal::NotNecessary);
    assert_eq!(
        (only.determination, only.amounts.write_off, only.amounts.patient()),
        (Determination::Rejected, 400, 0)
    );
    assert!(only.refusals[1].text().ends_with("Seen last week."), "{:?}", only.refusals);
    // Who bears it follows from the reason.
    let excluded = reject(Refusal::ServiceExcluded).amounts;
    assert_eq!((excluded.write_off, excluded.not_covered), (40, 360));
}

#[test]
fn what_a_reviewer_accepts_is_as_without_a_review() {
    let world = |decision| {
        let line = Line { decision, ..reviewed(Review::Accept) };
        World::of(vec![care()]).with([line]).only()
    };
    assert_eq!(world(Some(Review::Accept)), world(None));
}

#[test]
fn a_reviewers_quantity_stands_in_place_of_the_price_lists() {
    let adjusted = |most: &str| {
        let decision =
            Review::Adjust { quantity: Some(quantity(most)), unit_price: None, reason: String::new() };
        let line = reviewed(decision);
        let tariff = line.tariff.clone().map(|it| Tariff { most_quantity: Some(quantity("2")), ..it });
        World::of(vec![care()]).with([Line { tariff, ..line }]).only()
    };
    let three = adjusted("3");
    assert_eq!((refusals(&three), three.quantity), (vec!["PRCE-002", "MNEC-002"], Some(quantity("3"))));
    assert_eq!((three.amounts.write_off, three.amounts.payer), (40 + 90, 270));
    assert_eq!(adjusted("9").quantity, Some(quantity("4")));
}
