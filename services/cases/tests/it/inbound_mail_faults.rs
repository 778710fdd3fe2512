//! Mail that comes in while something breaks: what was kept is not kept again, and what was not kept comes again.

use std::time::Duration;

use careway_contract::cases::v1::mail_outcome::Outcome;
use careway_testing::{Side, eventually};

use crate::{case_round_trips::quiet, test_inbox::TestInbox, test_world::read};

/// The round trips from the mail's statement to the commit.
const COMMIT: u64 = 2;

/// `CAREWAY_TEST_KILLS` says how often by hand.
fn kills() -> usize {
    std::env::var("CAREWAY_TEST_KILLS").map_or(6, |kills| kills.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_whose_commit_was_not_heard_of_is_kept_once() {
    let (proxy, inbox) = TestInbox::behind_a_proxy().await;
    let recipient = inbox.filled_text("support+{{token K1 tanvir}}@careway.example");
    let raw = String::from_utf8(inbox.filled(&read("mails/thread-01-reply.eml"))).unwrap();
    let known = async || inbox.deliver("tanvir@shondhan.example.org", &[&recipient], raw.as_bytes()).await;
    known().await.unwrap();
    let before = inbox.count("select count(*) from case_message").await;
    let kills = kills();
    for number in 0..kills {
        // A new connection says its statements in words, which the trap is set on.
        proxy.cut();
        assert!(known().await.is_err());
        proxy.restore();
        eventually("the database is there", async || {
            known().await.is_ok_and(|again| again[0].outcome() == Outcome::Duplicate)
        })
        .await;
        // Different words and dates: these are no loop.
        let raw = raw
            .replace("thread-01-reply@", &format!("kill-{number}@"))
            .replace("The price", &format!("{number}: the price"));
        // Whoever delivers is gone when Postgres has committed and nobody has heard of it.
        let sprung = proxy.trap("insert into inbound_mail", COMMIT, Side::After);
        let recipients = [recipient.as_str()];
        let delivery = inbox.deliver("tanvir@shondhan.example.org", &recipients, raw.as_bytes());
        tokio::select! {
            sprung = sprung => sprung.unwrap(),
            outcome = delivery => panic!("nothing was broken: {outcome:?}"),
        }
        let again =
            inbox.deliver("tanvir@shondhan.example.org", &[&recipient], raw.as_bytes()).await.unwrap();
        assert_eq!(again[0].outcome(), Outcome::Duplicate);
        inbox.clock.advance(Duration::from_secs(3600));
    }
    let kept = inbox.count("select count(*) from case_message").await - before;
    assert_eq!(kept, i64::try_from(kills).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ordinary_answer_takes_few_round_trips() {
    let (proxy, inbox) = TestInbox::behind_a_proxy().await;
    let recipient = inbox.filled_text("support+{{token K1 tanvir}}@careway.example");
    let raw = String::from_utf8(inbox.filled(&read("mails/thread-01-reply.eml"))).unwrap();
    let mut fewest = u64::MAX;
    for number in 0..20 {
        let raw = raw
            .replace("thread-01-reply@", &format!("answer-{number}@"))
            .replace("The price", &format!("{number}: the price"));
        let begun = quiet(&proxy).await;
        let outcome =
            inbox.deliver("tanvir@shondhan.example.org", &[&recipient], raw.as_bytes()).await.unwrap();
        assert_eq!(outcome[0].outcome(), Outcome::Appended);
        fewest = fewest.min(proxy.round_trips() - begun);
        inbox.clock.advance(Duration::from_secs(3600));
    }
    assert!(fewest <= 6, "{fewest} round trips");
}
