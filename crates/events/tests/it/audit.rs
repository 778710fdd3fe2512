//! The auditor: what JetStream lost after acknowledging it is found and published again.

use std::sync::Arc;

use careway_events::{Audit, Finding};
use tokio::sync::Semaphore;

use crate::world::{App, World, connected, eventually};

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
    eventually("all is published", async || {
        relay.settled().await && world.count("select count(*) from outbox where refill > 0").await == 50
    })
    .await;
    assert_eq!(world.held().await, 160);
    assert_eq!(relay.audit_now().await, Some(Audit::default()));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loss_while_the_relay_runs_is_found_by_the_next_batch() {
    let mut world = World::new().await;
    let permits = Arc::new(Semaphore::new(Semaphore::MAX_PERMITS));
    let relay = world.relay().hold_before_mark(permits).start();
    world.say(0..50).await;
    eventually("all is published", async || relay.settled().await).await;
    world.nats.stop();
    world.nats.lose_disk();
    world.nats.restart();
    // The stream comes back before the relay looks: a consumer makes it.
    let _listening = world.consumers(App::default()).start().await.unwrap();
    world.say(50..60).await;
    world.assert_each_once(60).await;
    eventually("all is published", async || relay.settled().await).await;
    assert_eq!(relay.audit_now().await.and_then(|audit| audit.finding), None::<Finding>);
    assert_eq!(world.count("select count(*) from outbox where published_at is null").await, 0);
    world.end().await;
}
