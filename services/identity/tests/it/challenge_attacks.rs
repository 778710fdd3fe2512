//! Attacks on one-time codes: many at once, over resends, over a Redis that forgets.

use std::time::Duration;

use careway_contract::identity::v1::MemberIdentifier;
use futures::future::join_all;

use crate::desk::{Desk, Person, key, refusal};

const NIN: &str = "1199070012345601";

/// A code that is not `code`, different for each `index`.
fn wrong(code: &str, index: usize) -> String {
    let code: usize = code.parse().unwrap();
    format!("{:06}", (code + 1 + index) % 1_000_000)
}

/// Wrong codes in a row that were compared.
async fn compared(desk: &Desk) -> i64 {
    desk.count("select coalesce(sum(consecutive), 0) from code_failure").await
}

async fn guess(
    desk: &Desk,
    by: &Person,
    challenge: &str,
    member: &MemberIdentifier,
    code: &str,
    guesses: usize,
) {
    for index in 0..guesses {
        let outcome = desk.verify(by, &key(), challenge, member, &wrong(code, index)).await;
        assert_eq!(refusal(outcome).reason(), "CODE_REJECTED");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_forty_guesses_at_once_five_are_compared() {
    let desk = Desk::open().await;
    desk.register("RSSB-1", NIN, "0788123456").await;
    let member = desk.by_number("RSSB-1");
    let (challenge, code) = desk.started(&member).await;
    let guesses = (0..40).map(|index| {
        let (desk, challenge, member, code) = (&desk, &challenge, &member, wrong(&code, index));
        async move {
            let refused = refusal(desk.verify(&desk.facility, &key(), challenge, member, &code).await);
            assert_eq!(refused.reason(), "CODE_REJECTED");
            refused.fact("attemptsLeft").unwrap().parse::<i64>().unwrap()
        }
    });
    let mut left = join_all(guesses).await;
    left.sort_unstable();
    assert_eq!(left.iter().filter(|left| **left > 0).copied().collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(compared(&desk).await, 5);
    let late = desk.verify(&desk.facility, &key(), &challenge, &member, &code).await;
    assert_eq!(refusal(late).reason(), "CODE_REJECTED", "the right code comes too late");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_forty_right_codes_at_once_one_passes() {
    let desk = Desk::open().await;
    desk.register("RSSB-1", NIN, "0788123456").await;
    let member = desk.by_number("RSSB-1");
    let (challenge, code) = desk.started(&member).await;
    let tries = (0..40).map(|_| {
        let (desk, challenge, member, code) = (&desk, &challenge, &member, &code);
        async move { desk.verify(&desk.facility, &key(), challenge, member, code).await.is_ok() }
    });
    let passed = join_all(tries).await.into_iter().filter(|passed| *passed).count();
    assert_eq!((passed, desk.said("ChallengePassed").await), (1, 1));
}

#[tokio::test]
async fn a_facility_has_twenty_wrong_codes_per_member_and_day_over_all_resends() {
    let desk = Desk::open().await;
    desk.register("RSSB-1", NIN, "0788123456").await;
    let member = desk.by_number("RSSB-1");
    for round in 0..4 {
        let (challenge, code) = desk.started(&member).await;
        guess(&desk, &desk.facility, &challenge, &member, &code, 5).await;
        desk.clock.advance(Duration::from_secs(if round == 2 { 601 } else { 61 }));
    }
    assert_eq!(compared(&desk).await, 20);
    desk.clock.advance(Duration::from_secs(601));
    let (challenge, code) = desk.started(&member).await;
    let right = desk.verify(&desk.facility, &key(), &challenge, &member, &code).await;
    assert_eq!(refusal(right).reason(), "CODE_REJECTED", "even the right one, here, today");
    assert_eq!(compared(&desk).await, 20);

    let elsewhere = desk.other(careway_service::OrganizationKind::Facility, "Huye Hospital").await;
    desk.clock.advance(Duration::from_secs(61));
    let there = desk.start(&elsewhere, &key(), &member).await.unwrap();
    let code = desk.phone.code().await;
    desk.verify(&elsewhere, &key(), &there.challenge_id, &member, &code)
        .await
        .expect("one facility locks nobody out");
}

#[tokio::test]
async fn failures_in_a_row_lock_though_redis_forgets_them() {
    let desk = Desk::open_with(&["--failures-to-lock", "12"]).await;
    desk.register("RSSB-1", NIN, "0788123456").await;
    let member = desk.by_number("RSSB-1");
    for _ in 0..2 {
        let (challenge, code) = desk.started(&member).await;
        guess(&desk, &desk.facility, &challenge, &member, &code, 5).await;
        desk.flush_redis().await;
    }
    let (challenge, code) = desk.started(&member).await;
    guess(&desk, &desk.facility, &challenge, &member, &code, 2).await;
    assert_eq!(desk.said("ChallengeLocked").await, 1);
    let right = desk.verify(&desk.facility, &key(), &challenge, &member, &code).await;
    assert_eq!(refusal(right).reason(), "CODE_REJECTED", "a code sent before the lock does not get past it");
    desk.flush_redis().await;
    desk.start(&desk.facility, &key(), &member).await.expect("looks as always");
    assert_eq!((desk.phone.waiting(), desk.said("ChallengeLocked").await), (0, 1));
}

#[tokio::test]
async fn a_right_code_ends_the_row() {
    let desk = Desk::open().await;
    desk.register("RSSB-1", NIN, "0788123456").await;
    let member = desk.by_number("RSSB-1");
    let (challenge, code) = desk.started(&member).await;
    guess(&desk, &desk.facility, &challenge, &member, &code, 4).await;
    desk.verify(&desk.facility, &key(), &challenge, &member, &code).await.unwrap();
    assert_eq!(compared(&desk).await, 0);
}

#[tokio::test]
async fn spraying_over_members_meets_the_payers_and_the_facilitys_bounds() {
    let desk = Desk::open_with(&["--failures-per-payer-day", "3"]).await;
    desk.register("RSSB-1", NIN, "0788123456").await;
    desk.register("RSSB-2", "", "0788123457").await;
    let (one, two) = (desk.by_number("RSSB-1"), desk.by_number("RSSB-2"));
    let (challenge, code) = desk.started(&one).await;
    guess(&desk, &desk.facility, &challenge, &one, &code, 3).await;
    let (challenge, code) = desk.started(&two).await;
    let right = desk.verify(&desk.facility, &key(), &challenge, &two, &code).await;
    assert_eq!(refusal(right).reason(), "CODE_REJECTED");

    let desk = Desk::open_with(&["--failures-per-facility-day", "3"]).await;
    desk.register("RSSB-1", NIN, "0788123456").await;
    let (challenge, code) = desk.started(&one_of(&desk)).await;
    guess(&desk, &desk.facility, &challenge, &one_of(&desk), &code, 3).await;
    let right = desk.verify(&desk.facility, &key(), &challenge, &one_of(&desk), &code).await;
    assert_eq!(refusal(right).reason(), "CODE_LIMIT_REACHED");
}

fn one_of(desk: &Desk) -> MemberIdentifier {
    desk.by_number("RSSB-1")
}
