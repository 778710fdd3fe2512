//! The auditor: what JetStream lost after acknowledging it is found and published again.

use careway_events::{Audit, Finding};
use careway_testing::eventually;

use crate::{
    nats::connected,
    test_events::{App, TestEvents},
};

/// Fifty events, a backup, fifty more; then the server is restored from the backup.
async fn restored_from_backup() -> TestEvents {
    let mut events = TestEvents::new().await;
    let relay = events.relay().start();
    events.say(0..50).await;
    eventually("all is published", async || relay.settled().await).await;
    events.nats.stop();
    events.nats.back_up();
    events.nats.restart();
    events.say(50..100).await;
    eventually("all is published", async || relay.settled().await).await;
    relay.abort();
    events.nats.stop();
    events.nats.restore();
    events.nats.restart();
    eventually("it is back", async || connected(&events.client) && events.held().await == 50).await;
    events
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_stream_passes() {
    let events = TestEvents::new().await;
    let relay = events.relay().start();
    events.say(0..100).await;
    eventually("all is published", async || relay.settled().await).await;
    assert_eq!(relay.audit_now().await, Some(Audit::default()));
    events.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_end_is_found_at_start() {
    let events = restored_from_backup().await;
    let relay = events.relay().start();
    let _listening = events.consumers(App::default()).start().await.unwrap();
    events.assert_each_once(100).await;
    eventually("all is published", async || relay.settled().await).await;
    assert_eq!(events.count("select count(*) from outbox where refill > 0").await, 50);
    assert_eq!(events.held().await, 100);
    assert_eq!(relay.audit_now().await, Some(Audit::default()));
    events.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reused_places_are_found() {
    let events = restored_from_backup().await;
    // Somebody else has filled the lost places since: only their contents tell.
    let jetstream = async_nats::jetstream::new(events.client.clone());
    for _ in 0..60 {
        jetstream.publish("it.evt.visits.Happened", "other".into()).await.unwrap().await.unwrap();
    }
    let relay = events.relay().start();
    eventually("they are published again", async || {
        // In this order: settled before the audit means nothing.
        events.count("select count(*) from outbox where refill > 0").await == 50 && relay.settled().await
    })
    .await;
    assert_eq!(events.held().await, 160);
    assert_eq!(relay.audit_now().await, Some(Audit::default()));
    events.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loss_that_nobody_noticed_shows_in_the_next_batch() {
    let events = TestEvents::new().await;
    let relay = events.relay().start();
    events.say(0..50).await;
    eventually("all is published", async || relay.settled().await).await;
    // Gone, and there again before the relay looks: a consumer makes it.
    async_nats::jetstream::new(events.client.clone()).delete_stream("IT_EVT_VISITS").await.unwrap();
    let _listening = events.consumers(App::default()).start().await.unwrap();
    assert_eq!(events.held().await, 0);
    events.say(50..60).await;
    events.assert_each_once(60).await;
    eventually("all is published", async || relay.settled().await).await;
    assert_eq!(events.count("select count(*) from outbox where refill = 1").await, 50);
    assert_eq!(events.held().await, 60);
    assert_eq!(relay.audit_now().await, Some(Audit::default()));
    events.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_made_anew_is_found_by_an_audit() {
    let events = TestEvents::new().await;
    let relay = events.relay().start();
    events.say(0..50).await;
    eventually("all is published", async || relay.settled().await).await;
    async_nats::jetstream::new(events.client.clone()).delete_stream("IT_EVT_VISITS").await.unwrap();
    let found = relay.audit_now().await.unwrap();
    assert_eq!(found, Audit { finding: Some(Finding::Recreated), refilled: 50 });
    eventually("all is published", async || relay.settled().await).await;
    assert_eq!(events.held().await, 50);
    events.end().await;
}
