//! Events that cannot be taken: put aside while the others flow, and redriven.

use careway_service::Kind;
use careway_testing::eventually;

use crate::test_events::{App, TestEvents};

async fn parked_while_others_flow(app: App, reason: &str) {
    let events = TestEvents::new().await;
    let _relay = events.relay().start();
    let listening = events.consumers(app.clone()).start().await.unwrap();
    events.say(0..100).await;
    eventually("it is put aside", async || events.count("select count(*) from dead_letter").await == 1).await;
    events.assert_each_once(99).await;
    eventually("nothing is left over", async || listening.settled().await).await;

    let letters = events.consumers(app.clone()).dead_letters();
    let waiting = letters.list().await.unwrap();
    assert_eq!(waiting[0].reason, reason);
    assert_eq!(waiting[0].purpose, "notes");
    assert_eq!(waiting[0].event_type.as_deref(), Some("careway.visits.v1.Happened"));

    let redriven = letters.redrive_all().await.unwrap();
    assert_eq!((redriven.done, redriven.refused.len()), (0, 1), "it is not mended yet");
    app.mended.store(true, std::sync::atomic::Ordering::SeqCst);
    letters.redrive(waiting[0].id).await.unwrap();
    events.assert_each_once(100).await;
    assert_eq!(letters.redrive(waiting[0].id).await.unwrap_err().kind(), Kind::NotFound, "it was redriven");
    assert!(letters.list().await.unwrap().is_empty());
    events.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_event_is_put_aside_and_redriven() {
    let app = App { refuses: Some(50), ..App::default() };
    parked_while_others_flow(app, "NO_REACTION: not this one").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_a_failure_like_any_other() {
    let app = App { refuses: Some(50), panics: true, ..App::default() };
    parked_while_others_flow(app, "the reaction panicked").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_decode_is_put_aside_at_once_and_discarded() {
    let events = TestEvents::new().await;
    let relay = events.relay().start();
    let listening = events.consumers(App::default()).start().await.unwrap();
    events.say(0..10).await;
    events
        .execute(
            "insert into outbox (event_id, aggregate_type, aggregate_id, aggregate_version, type, payload, \
             occurred_at) values (gen_random_uuid(), 'visits', gen_random_uuid(), 1, \
             'careway.visits.v1.Happened', '\\xffffff', now())",
        )
        .await;
    // And a message that is no event at all.
    events.client.publish("it.evt.visits.Happened", "hello".into()).await.unwrap();
    eventually("both are put aside", async || events.count("select count(*) from dead_letter").await == 2)
        .await;
    eventually("nothing is left over", async || relay.settled().await && listening.settled().await).await;
    events.assert_each_once(10).await;

    let letters = events.consumers(App::default()).dead_letters();
    let mut reasons: Vec<_> = letters.list().await.unwrap().into_iter().map(|letter| letter.reason).collect();
    reasons.sort();
    assert_eq!(reasons, ["the header ce-id is absent or malformed", "the message does not decode"]);
    for letter in letters.list().await.unwrap() {
        letters.redrive(letter.id).await.unwrap_err();
        letters.discard(letter.id).await.unwrap();
    }
    assert_eq!(events.count("select count(*) from dead_letter").await, 0);
    events.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_taken_meanwhile_is_not_taken_again_by_a_redrive() {
    let events = TestEvents::new().await;
    let app = App { refuses: Some(0), ..App::default() };
    let relay = events.relay().start();
    let listening = events.consumers(app.clone()).start().await.unwrap();
    events.say([0]).await;
    eventually("it is put aside", async || events.count("select count(*) from dead_letter").await == 1).await;
    app.mended.store(true, std::sync::atomic::Ordering::SeqCst);
    events.execute("update outbox set published_at = null, refill = refill + 1").await;
    eventually("it comes again", async || events.effects().await == 1).await;
    eventually("nothing is left over", async || relay.settled().await && listening.settled().await).await;
    let letters = events.consumers(app).dead_letters();
    assert_eq!(letters.redrive_all().await.unwrap().done, 1);
    events.assert_each_once(1).await;
    events.end().await;
}
