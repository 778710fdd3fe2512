//! NATS is away, or a stream is gone, and comes back.

use careway_testing::eventually;

use crate::{
    nats::connected,
    test_events::{App, TestEvents},
};

#[tokio::test(flavor = "multi_thread")]
async fn nats_stops_and_comes_back() {
    let mut events = TestEvents::new().await;
    let relay = events.relay().start();
    let listening = events.consumers(App::default()).start().await.unwrap();
    events.say(0..100).await;
    events.assert_each_once(100).await;

    events.nats.stop();
    eventually("it is noticed", async || !connected(&events.client)).await;
    for first in (100..200).step_by(10) {
        events.say(first..first + 10).await;
    }
    assert!(!relay.settled().await);
    events.nats.restart();
    events.assert_each_once(200).await;
    eventually("it is quiet", async || relay.settled().await && listening.settled().await).await;
    events.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn services_start_while_nats_is_away() {
    let mut events = TestEvents::new().await;
    events.nats.stop();
    eventually("it is noticed", async || !connected(&events.client)).await;
    let _relay = events.relay().start();
    let _listening = events.consumers(App::default()).start().await.unwrap();
    events.say(0..10).await;
    events.nats.restart();
    events.assert_each_once(10).await;
    events.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_stream_is_made_anew_and_refilled() {
    let events = TestEvents::new().await;
    let relay = events.relay().start();
    let listening = events.consumers(App::default()).start().await.unwrap();
    events.say(0..100).await;
    events.assert_each_once(100).await;
    eventually("it is quiet", async || relay.settled().await && listening.settled().await).await;

    async_nats::jetstream::new(events.client.clone()).delete_stream("IT_EVT_VISITS").await.unwrap();
    events.say(100..150).await;
    events.assert_each_once(150).await;
    eventually("everything is there again", async || {
        relay.audit_now().await;
        relay.settled().await && events.held().await >= 150
    })
    .await;
    events.assert_each_once(150).await;
    events.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jetstream_loses_its_disk_under_load() {
    const EVENTS: i64 = 3000;
    let mut events = TestEvents::new().await;
    let relay = events.relay().start();
    let listening = events.consumers(App::default()).start().await.unwrap();
    let database = events.database.clone();
    let load = tokio::spawn(async move {
        for first in (0..EVENTS).step_by(10) {
            let mut tx = database.begin_system("test").await.unwrap();
            for number in first..first + 10 {
                let fact = careway_events::Fact::new(crate::test_events::Happened { number });
                careway_events::record(&mut tx, fact.about(uuid::Uuid::now_v7(), 1));
            }
            tx.finish().await.unwrap();
        }
    });
    eventually("some are taken", async || events.effects().await >= 300).await;
    events.nats.kill();
    events.nats.lose_disk();
    events.nats.restart();
    load.await.unwrap();
    events.assert_each_once(EVENTS).await;
    eventually("the stream holds all of them", async || {
        relay.audit_now().await;
        relay.settled().await && events.held().await >= EVENTS.unsigned_abs()
    })
    .await;
    eventually("the repeated ones are taken", async || listening.settled().await).await;
    events.assert_each_once(EVENTS).await;
    events.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_session_with_postgres_is_ended() {
    let events = TestEvents::new().await;
    let relay = events.relay().start();
    let listening = events.consumers(App::default()).start().await.unwrap();
    events.say(0..10).await;
    events.assert_each_once(10).await;
    events.end_sessions().await;
    // As callers do, again until it is taken.
    eventually("something can be said", async || events.try_say([10]).await.is_ok()).await;
    events.assert_each_once(11).await;
    eventually("it is quiet", async || relay.settled().await && listening.settled().await).await;
    events.end().await;
}
