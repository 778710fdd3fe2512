//! The auditor: what JetStream lost after acknowledging it is found and published again.

use careway_events::{Audit, Finding};

use crate::{
    nats::connected,
    world::{App, World, eventually},
};

/// Fifty events, a backup, fifty more; then the server is restored from the backup.
async fn restored_from_backup() -> World {
    let mut world = World::new().await;
    let relay = world.relay().start();
    world.say(0..50).await;
    eventually("all is published", async || relay.settled().await).await;
    world.nats.stop();
    world.nats.back_up();
    world.nats.restart();
    world.say(50..100).await;
    eventually("all is published", async || relay.settled().await).await;
    relay.abort();
    world.nats.stop();
    world.nats.restore();
    world.nats.restart();
    eventually("it is back", async || connected(&world.client) && world.held().await == 50).await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_stream_passes() {
    let world = World::new().await;
    let relay = world.relay().start();
    world.say(0..100).await;
    eventually("all is published", async || relay.settled().await).await;
    assert_eq!(relay.audit_now().await, Some(Audit::default()));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_end_is_found_at_start() {
    let world = restored_from_backup().await;
    let relay = world.relay().start();
    let _listening = world.consumers(App::default()).start().await.unwrap();
    world.assert_each_once(100).await;
    eventually("all is published", async || relay.settled().await).await;
    assert_eq!(world.count("select count(*) from outbox where refill > 0").await, 50);
    assert_eq!(world.held().await, 100);
    assert_eq!(relay.audit_now().await, Some(Audit::default()));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reused_places_are_found() {
    let world = restored_from_backup().await;
    // Somebody else has filled the lost places since: only their contents tell.
    let jetstream = async_nats::jetstream::new(world.client.clone());
    for _ in 0..60 {
        jetstream.publish("it.evt.visits.Happened", "other".into()).await.unwrap().await.unwrap();
    }
    let relay = world.relay().start();
    eventually("they are published again", async || {
        // In this order: settled before the audit means nothing.
        world.count("select count(*) from outbox where refill > 0").await == 50 && relay.settled().await
    })
    .await;
    assert_eq!(world.held().await, 160);
    assert_eq!(relay.audit_now().await, Some(Audit::default()));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loss_that_nobody_noticed_shows_in_the_next_batch() {
    let world = World::new().await;
    let relay = world.relay().start();
    world.say(0..50).await;
    eventually("all is published", async || relay.settled().await).await;
    // Gone, and there again before the relay looks: a consumer makes it.
    async_nats::jetstream::new(world.client.clone()).delete_stream("IT_EVT_VISITS").await.unwrap();
    let _listening = world.consumers(App::default()).start().await.unwrap();
    assert_eq!(world.held().await, 0);
    world.say(50..60).await;
    world.assert_each_once(60).await;
    eventually("all is published", async || relay.settled().await).await;
    assert_eq!(world.count("select count(*) from outbox where refill = 1").await, 50);
    assert_eq!(world.held().await, 60);
    assert_eq!(relay.audit_now().await, Some(Audit::default()));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_made_anew_is_found_by_an_audit() {
    let world = World::new().await;
    let relay = world.relay().start();
    world.say(0..50).await;
    eventually("all is published", async || relay.settled().await).await;
    async_nats::jetstream::new(world.client.clone()).delete_stream("IT_EVT_VISITS").await.unwrap();
    let found = relay.audit_now().await.unwrap();
    assert_eq!(found, Audit { finding: Some(Finding::Recreated), refilled: 50 });
    eventually("all is published", async || relay.settled().await).await;
    assert_eq!(world.held().await, 50);
    world.end().await;
}
