//! What a test waits for: nothing is under way, and nobody has yet to come back and hear.

use careway_events::Probe;
use careway_testing::eventually;

use crate::test_events::{App, TestEvents};

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_that_went_with_its_stream_has_all_of_it_to_hear() {
    let events = TestEvents::new().await;
    let relay = events.relay().start();
    let listening = events.consumers(App::default()).start().await.unwrap();
    let probe = Probe::new(events.bus.clone()).watching(&events.database);
    events.say(0..3).await;
    eventually("it is quiet", async || probe.settled().await).await;

    // Whoever hears is away: nobody brings the consumer back.
    drop(listening);
    events.shutdown.cancel();
    eventually("the relay has ended", async || relay.audit_now().await.is_none()).await;
    let jetstream = async_nats::jetstream::new(events.client.clone());
    let config = events.stream().await.cached_info().config.clone();
    jetstream.delete_stream(&config.name).await.unwrap();
    jetstream.create_stream(config).await.unwrap();
    assert!(!probe.settled().await, "somebody has not come back to the stream");
    events.end().await;
}
