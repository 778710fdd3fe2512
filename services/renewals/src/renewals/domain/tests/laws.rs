//! What holds of all renewals.

use careway_kernel::{OrganizationId, ParticipantId, Percent, RenewalItemId};
use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use uuid::Uuid;

use super::super::*;

fn person(number: u128) -> ParticipantId {
    ParticipantId::from_uuid(Uuid::from_u128(number))
}

fn card(number: u128, household: &str) -> Card {
    Card {
        item: RenewalItemId::from_uuid(Uuid::from_u128(number)),
        participant: person(number),
        authority: OrganizationId::from_uuid(Uuid::from_u128(1)),
        household: household.to_owned(),
        last_day: NaiveDate::from_ymd_opt(2026, 12, 12).unwrap(),
        renewed: false,
        gone: false,
    }
}

fn paid_on() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 28).unwrap()
}

#[test]
fn a_household_is_renewed_together_and_people_without_one_each_alone() {
    assert_eq!(check_cards(&[card(1, "A"), card(2, "A")], paid_on(), 60), Ok(()));
    for cards in [[card(1, "A"), card(2, "B")], [card(1, ""), card(2, "")]] {
        assert_eq!(check_cards(&cards, paid_on(), 60), Err(RenewalRefusal::SeveralHouseholds));
    }
    assert_eq!(check_cards(&[card(1, "")], paid_on(), 60), Ok(()));
    let of_another = Card { authority: OrganizationId::from_uuid(Uuid::from_u128(2)), ..card(2, "A") };
    assert_eq!(
        check_cards(&[card(1, "A"), of_another], paid_on(), 60),
        Err(RenewalRefusal::SeveralHouseholds)
    );
}

#[test]
fn who_is_renewed_or_gone_or_early_is_named() {
    let second = card(2, "A");
    let named = |changed: Card| check_cards(&[card(1, "A"), changed], paid_on(), 60).unwrap_err();
    let renewed = Card { renewed: true, ..second.clone() };
    assert_eq!(named(renewed), RenewalRefusal::RenewedAlready(second.item));
    assert_eq!(named(Card { gone: true, ..second.clone() }), RenewalRefusal::PersonGone(second.item));
    let at = |days| Card { last_day: paid_on() + Days::new(days), ..second.clone() };
    assert_eq!(check_cards(&[card(1, "A"), at(60)], paid_on(), 60), Ok(()));
    assert_eq!(named(at(61)), RenewalRefusal::TooEarly { item: second.item, days: 60 });
}

#[test]
fn a_renewal_is_taken_back_within_its_days_and_before_the_next() {
    let at = |day: &str| format!("{day}T08:00:00Z").parse().unwrap();
    let (to, renewed) = (NaiveDate::from_ymd_opt(2027, 12, 12).unwrap(), at("2026-11-01"));
    assert_eq!(check_undo(renewed, at("2026-12-01"), 30, to, to), Ok(()));
    assert_eq!(check_undo(renewed, at("2026-12-02"), 30, to, to), Err(RenewalRefusal::UndoTooLate(30)));
    let later = to + Days::new(90);
    assert_eq!(check_undo(renewed, at("2026-11-02"), 30, to, later), Err(RenewalRefusal::RenewedAgain));
}

#[test]
fn who_pays_again_in_a_year_keeps_the_rank() {
    let before = [(person(1), 1), (person(2), 2)];
    assert_eq!(ranks(&before, &[person(3), person(2), person(4)]), [3, 2, 4]);
    assert_eq!(ranks(&[], &[person(3), person(2)]), [1, 2]);
}

proptest! {
    #[test]
    fn no_day_is_covered_twice_and_none_is_lost_without_a_gap(
        last in 0_u64..20_000,
        paid in -60_i64..400,
        months in 1_u32..=12,
    ) {
        let last = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap() + Days::new(last);
        let paid = last + chrono::Duration::days(paid);
        let period = renewed_period(last, paid, months, 90, 30).unwrap();
        prop_assert!(period.from > last);
        prop_assert!(paid > last.succ_opt().unwrap() || period.from == last.succ_opt().unwrap());
        let days = (period.to - period.from).num_days() + 1;
        let months = i64::from(months);
        prop_assert!((months * 28..=months * 31).contains(&days), "{days} days");
    }

    #[test]
    fn a_later_rank_never_pays_more(base in 1_i64..10_000_000, months in 1_u32..=12, rank in 1_u32..12) {
        let ladder = ["100", "70", "60", "50", "40"].map(|share| Percent::parse(share).unwrap());
        let percent = Percent::parse("4.5").unwrap();
        let at = |rank| amount(base, percent, months, &ladder, rank).unwrap();
        prop_assert!(at(rank + 1) <= at(rank));
        prop_assert!(at(rank) >= 0);
    }
}
