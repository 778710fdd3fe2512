//! Attacks on one-time codes: many at once, over resends, over a Redis that forgets.

use std::time::Duration;

use careway_contract::identity::v1::MemberIdentifier;
use careway_testing::{Person, eventually, key, refusal};
use futures::future::join_all;

use crate::test_members::TestMembers;

const NIN: &str = "1199070012345601";

/// A code that is not `code`, different for each `index`.
fn wrong(code: &str, index: usize) -> String {
    let code: usize = code.parse().unwrap();
    format!("{:06}", (code + 1 + index) % 1_000_000)
}

/// Wrong codes in a row that were compared.
async fn compared(service: &TestMembers) -> i64 {
    service.count("select coalesce(sum(consecutive), 0) from code_failure").await
}

async fn guess(
    service: &TestMembers,
    by: &Person,
    challenge: &str,
    member: &MemberIdentifier,
    code: &str,
    guesses: usize,
) {
    for index in 0..guesses {
        let outcome = service.verify(by, &key(), challenge, member, &wrong(code, index)).await;
        assert_eq!(refusal(outcome).reason(), "CODE_REJECTED");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_forty_guesses_at_once_five_are_compared() {
    let service = TestMembers::run().await;
    service.register("RSSB-1", NIN, "0788123456").await;
    let member = service.by_number("RSSB-1");
    let (challenge, code) = service.started(&member).await;
    let guesses = (0..40).map(|index| {
        let (service, challenge, member, code) = (&service, &challenge, &member, wrong(&code, index));
        async move {
            let refused = refusal(service.verify(&service.facility, &key(), challenge, member, &code).await);
            assert_eq!(refused.reason(), "CODE_REJECTED");
            refused.fact("attemptsLeft").unwrap().parse::<i64>().unwrap()
        }
    });
    let mut left = join_all(guesses).await;
    left.sort_unstable();
    assert_eq!(left.iter().filter(|left| **left > 0).copied().collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(compared(&service).await, 5);
    let late = service.verify(&service.facility, &key(), &challenge, &member, &code).await;
    assert_eq!(refusal(late).reason(), "CODE_REJECTED", "the right code comes too late");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_forty_right_codes_at_once_one_passes() {
    let service = TestMembers::run().await;
    service.register("RSSB-1", NIN, "0788123456").await;
    let member = service.by_number("RSSB-1");
    let (challenge, code) = service.started(&member).await;
    let tries = (0..40).map(|_| {
        let (service, challenge, member, code) = (&service, &challenge, &member, &code);
        async move { service.verify(&service.facility, &key(), challenge, member, code).await.is_ok() }
    });
    let passed = join_all(tries).await.into_iter().filter(|passed| *passed).count();
    assert_eq!((passed, service.said("ChallengePassed").await), (1, 1));
}

#[tokio::test]
async fn a_facility_has_twenty_wrong_codes_per_member_and_day_over_all_resends() {
    let service = TestMembers::run().await;
    service.register("RSSB-1", NIN, "0788123456").await;
    let member = service.by_number("RSSB-1");
    for round in 0..4 {
        let (challenge, code) = service.started(&member).await;
        guess(&service, &service.facility, &challenge, &member, &code, 5).await;
        service.clock.advance(Duration::from_secs(if round == 2 { 601 } else { 61 }));
    }
    assert_eq!(compared(&service).await, 20);
    service.clock.advance(Duration::from_secs(601));
    let (challenge, code) = service.started(&member).await;
    let right = service.verify(&service.facility, &key(), &challenge, &member, &code).await;
    assert_eq!(refusal(right).reason(), "CODE_REJECTED", "even the right one, here, today");
    assert_eq!(compared(&service).await, 20);

    let elsewhere = service.other(careway_service::OrganizationKind::Facility, "Huye Hospital").await;
    service.clock.advance(Duration::from_secs(61));
    let there = service.start(&elsewhere, &key(), &member).await.unwrap();
    let code = service.phone.code().await;
    service
        .verify(&elsewhere, &key(), &there.challenge_id, &member, &code)
        .await
        .expect("one facility locks nobody out");
}

#[tokio::test]
async fn failures_in_a_row_lock_though_redis_forgets_them() {
    let service = TestMembers::with(&[("CAREWAY_IDENTITY_CODE_FAILURES_TO_LOCK", "12")]).await;
    service.register("RSSB-1", NIN, "0788123456").await;
    let member = service.by_number("RSSB-1");
    for _ in 0..2 {
        let (challenge, code) = service.started(&member).await;
        guess(&service, &service.facility, &challenge, &member, &code, 5).await;
        service.flush_redis().await;
    }
    let (challenge, code) = service.started(&member).await;
    guess(&service, &service.facility, &challenge, &member, &code, 2).await;
    assert_eq!(service.said("ChallengeLocked").await, 1);
    let right = service.verify(&service.facility, &key(), &challenge, &member, &code).await;
    assert_eq!(refusal(right).reason(), "CODE_REJECTED", "a code sent before the lock does not get past it");
    service.flush_redis().await;
    service.start(&service.facility, &key(), &member).await.expect("looks as always");
    assert_eq!((service.phone.waiting(), service.said("ChallengeLocked").await), (0, 1));
}

#[tokio::test]
async fn whoever_hangs_up_before_the_answer_is_counted_all_the_same() {
    let service = TestMembers::run().await;
    service.register("RSSB-1", NIN, "0788123456").await;
    let member = service.by_number("RSSB-1");
    let (challenge, code) = service.started(&member).await;
    let mut held = service.admin.begin().await.unwrap();
    sqlx::query("lock table code_failure in exclusive mode").execute(&mut *held).await.unwrap();

    let waits = "select count(*) from pg_locks where not granted and relation = 'code_failure'::regclass";
    let (key, guess) = (key(), wrong(&code, 0));
    tokio::select! {
        answer = service.verify(&service.facility, &key, &challenge, &member, &guess) => {
            panic!("answered before it was counted: {answer:?}")
        }
        () = eventually("it is being counted", async || service.count(waits).await == 1) => {}
    }
    held.rollback().await.unwrap();
    eventually("the guess is counted", async || compared(&service).await == 1).await;
}

#[tokio::test]
async fn a_right_code_ends_the_row() {
    let service = TestMembers::run().await;
    service.register("RSSB-1", NIN, "0788123456").await;
    let member = service.by_number("RSSB-1");
    let (challenge, code) = service.started(&member).await;
    guess(&service, &service.facility, &challenge, &member, &code, 4).await;
    service.verify(&service.facility, &key(), &challenge, &member, &code).await.unwrap();
    assert_eq!(compared(&service).await, 0);
}

#[tokio::test]
async fn spraying_over_members_meets_the_payers_and_the_facilitys_bounds() {
    let service = TestMembers::with(&[("CAREWAY_IDENTITY_CODE_FAILURES_PER_PAYER_DAY", "3")]).await;
    service.register("RSSB-1", NIN, "0788123456").await;
    service.register("RSSB-2", "", "0788123457").await;
    let (one, two) = (service.by_number("RSSB-1"), service.by_number("RSSB-2"));
    let (challenge, code) = service.started(&one).await;
    guess(&service, &service.facility, &challenge, &one, &code, 3).await;
    let (challenge, code) = service.started(&two).await;
    let right = service.verify(&service.facility, &key(), &challenge, &two, &code).await;
    assert_eq!(refusal(right).reason(), "CODE_REJECTED");

    let service = TestMembers::with(&[("CAREWAY_IDENTITY_CODE_FAILURES_PER_FACILITY_DAY", "3")]).await;
    service.register("RSSB-1", NIN, "0788123456").await;
    let (challenge, code) = service.started(&one_of(&service)).await;
    guess(&service, &service.facility, &challenge, &one_of(&service), &code, 3).await;
    let right = service.verify(&service.facility, &key(), &challenge, &one_of(&service), &code).await;
    let right = refusal(right);
    assert_eq!((right.reason(), right.fact("limit")), ("CODE_LIMIT_REACHED", Some("FACILITY")));
}

fn one_of(service: &TestMembers) -> MemberIdentifier {
    service.by_number("RSSB-1")
}
