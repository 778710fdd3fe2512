//! NATS is away, or a stream is gone, and comes back.

use crate::{
    nats::connected,
    world::{App, World, eventually},
};

#[tokio::test(flavor = "multi_thread")]
async fn nats_stops_and_comes_back() {
    let mut world = World::new().await;
    let relay = world.relay().start();
    let listening = world.consumers(App::default()).start().await.unwrap();
    world.say(0..100).await;
    world.assert_each_once(100).await;

    world.nats.stop();
    eventually("it is noticed", async || !connected(&world.client)).await;
    for number in 100..200 {
        world.say([number]).await;
    }
    assert!(!relay.settled().await);
    world.nats.restart();
    world.assert_each_once(200).await;
    eventually("it is quiet", async || relay.settled().await && listening.settled().await).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn services_start_while_nats_is_away() {
    let mut world = World::new().await;
    world.nats.stop();
    eventually("it is noticed", async || !connected(&world.client)).await;
    let _relay = world.relay().start();
    let _listening = world.consumers(App::default()).start().await.unwrap();
    world.say(0..10).await;
    world.nats.restart();
    world.assert_each_once(10).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_stream_is_made_anew_and_refilled() {
    let world = World::new().await;
    let relay = world.relay().start();
    let listening = world.consumers(App::default()).start().await.unwrap();
    world.say(0..100).await;
    world.assert_each_once(100).await;
    eventually("it is quiet", async || relay.settled().await && listening.settled().await).await;

    async_nats::jetstream::new(world.client.clone()).delete_stream("IT_EVT_VISITS").await.unwrap();
    world.say(100..150).await;
    world.assert_each_once(150).await;
    eventually("everything is there again", async || {
        relay.audit_now().await;
        relay.settled().await && world.held().await >= 150
    })
    .await;
    world.assert_each_once(150).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jetstream_loses_its_disk_under_load() {
    const EVENTS: i64 = 3000;
    let mut world = World::new().await;
    let relay = world.relay().start();
    let listening = world.consumers(App::default()).start().await.unwrap();
    let database = world.database.clone();
    let load = tokio::spawn(async move {
        for first in (0..EVENTS).step_by(10) {
            let mut tx = database.begin_system("test").await.unwrap();
            for number in first..first + 10 {
                let fact = careway_events::Fact::new(crate::world::Happened { number });
                careway_events::record(&mut tx, fact.about(uuid::Uuid::now_v7(), 1));
            }
            tx.finish().await.unwrap();
        }
    });
    eventually("some are taken", async || world.effects().await >= 300).await;
    world.nats.kill();
    world.nats.lose_disk();
    world.nats.restart();
    load.await.unwrap();
    world.assert_each_once(EVENTS).await;
    eventually("the stream holds all of them", async || {
        relay.audit_now().await;
        relay.settled().await && world.held().await >= EVENTS.unsigned_abs()
    })
    .await;
    eventually("the repeated ones are taken", async || listening.settled().await).await;
    world.assert_each_once(EVENTS).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_session_with_postgres_is_ended() {
    let world = World::new().await;
    let relay = world.relay().start();
    let listening = world.consumers(App::default()).start().await.unwrap();
    world.say(0..10).await;
    world.assert_each_once(10).await;
    world.end_sessions().await;
    // As callers do, again until it is taken.
    eventually("something can be said", async || world.try_say([10]).await.is_ok()).await;
    world.assert_each_once(11).await;
    eventually("it is quiet", async || relay.settled().await && listening.settled().await).await;
    world.end().await;
}
