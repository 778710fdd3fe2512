//! A stream that is full: what is said, what waits, and that it drains once there is room.

use careway_events::Relay;
use careway_service::StreamSettings;
use careway_testing::eventually;

use crate::{measuring::measured, test_events::TestEvents};

/// A context of this test's own.
const CONTEXT: &str = "filled";
const EVENTS: i64 = 500;
const WAITING: &str = "select count(*) from outbox where published_at is null";

fn relay(events: &TestEvents, most: i64) -> Relay {
    let streams = StreamSettings { stream_max_bytes: Some(most), ..StreamSettings::default() };
    Relay::new(events.bus.clone().with_streams(streams), &events.database, CONTEXT)
}

async fn held(events: &TestEvents) -> i64 {
    events.held_by("IT_EVT_FILLED").await.cast_signed()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_stream_says_so_lets_events_wait_and_drains_when_it_gets_room() {
    let events = TestEvents::new().await;
    let tight = relay(&events, 64 << 10).start();
    events.say(0..EVENTS).await;
    let why = "select count(*) from outbox where last_error like '%maximum bytes exceeded%'";
    eventually("the outbox tells why events wait", async || events.count(why).await > 0).await;
    eventually("the alert sees it", async || measured("careway_stream_filled_ratio", CONTEXT) > Some(0.7))
        .await;
    eventually("and how long", async || measured("careway_outbox_oldest_seconds", CONTEXT) > Some(0.0)).await;
    // What was taken is marked a little later.
    let all = async |said: i64| {
        let (waiting, taken) = (events.count(WAITING).await, held(&events).await);
        waiting > 0 && taken > 0 && waiting + taken == said
    };
    eventually("what has room is taken, nothing is dropped for it", async || all(EVENTS).await).await;
    events.say([EVENTS]).await;
    eventually("whoever says more is not kept from it", async || all(EVENTS + 1).await).await;

    tight.abort();
    let roomy = relay(&events, 4 << 20).start();
    eventually("all is published", async || roomy.settled().await).await;
    assert_eq!(held(&events).await, EVENTS + 1, "each once");
    let filled = async || measured("careway_stream_filled_ratio", CONTEXT).is_some_and(|filled| filled < 0.7);
    eventually("the alert is over", filled).await;
    events.end().await;
}
