//! A stream that is full: what is said, what waits, and that it drains once there is room.

use careway_events::Relay;
use careway_service::StreamSettings;

use crate::{
    measuring::measured,
    world::{World, eventually},
};

/// A context of this test's own.
const CONTEXT: &str = "filled";
const EVENTS: i64 = 500;
const WAITING: &str = "select count(*) from outbox where published_at is null";

fn relay(world: &World, most: i64) -> Relay {
    let streams = StreamSettings { stream_max_bytes: Some(most), ..StreamSettings::default() };
    Relay::new(world.bus.clone().with_streams(streams), &world.database, CONTEXT)
}

async fn held(world: &World) -> i64 {
    let found = async_nats::jetstream::new(world.client.clone()).get_stream("IT_EVT_FILLED").await;
    found.map_or(0, |stream| i64::try_from(stream.cached_info().state.messages).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_stream_says_so_lets_events_wait_and_drains_when_it_gets_room() {
    let world = World::new().await;
    let tight = relay(&world, 64 << 10).start();
    world.say(0..EVENTS).await;
    let why = "select count(*) from outbox where last_error like '%maximum bytes exceeded%'";
    eventually("the outbox tells why events wait", async || world.count(why).await > 0).await;
    eventually("the alert sees it", async || measured("careway_stream_filled_ratio", CONTEXT) > Some(0.7))
        .await;
    eventually("and how long", async || measured("careway_outbox_oldest_seconds", CONTEXT) > Some(0.0)).await;
    let (waiting, taken) = (world.count(WAITING).await, held(&world).await);
    assert!(taken > 0, "what had room was taken");
    assert_eq!(waiting + taken, EVENTS, "and nothing was dropped for what came later");
    world.say([EVENTS]).await;
    assert_eq!(world.count(WAITING).await, waiting + 1, "whoever says something is not kept from it");

    tight.abort();
    let roomy = relay(&world, 4 << 20).start();
    eventually("all is published", async || roomy.settled().await).await;
    assert_eq!(held(&world).await, EVENTS + 1, "each once");
    let filled = async || measured("careway_stream_filled_ratio", CONTEXT).is_some_and(|filled| filled < 0.7);
    eventually("the alert is over", filled).await;
    world.end().await;
}
