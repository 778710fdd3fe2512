//! What a test waits for: nothing is under way, and nobody has yet to come back and hear.

use careway_events::Probe;

use crate::world::{App, World, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_that_went_with_its_stream_has_all_of_it_to_hear() {
    let world = World::new().await;
    let relay = world.relay().start();
    let listening = world.consumers(App::default()).start().await.unwrap();
    let probe = Probe::new(world.bus.clone()).watching(&world.database);
    world.say(0..3).await;
    eventually("it is quiet", async || probe.settled().await).await;

    // Whoever hears is away: nobody brings the consumer back.
    drop(listening);
    world.shutdown.cancel();
    eventually("the relay has ended", async || relay.audit_now().await.is_none()).await;
    let jetstream = async_nats::jetstream::new(world.client.clone());
    let config = world.stream().await.cached_info().config.clone();
    jetstream.delete_stream(&config.name).await.unwrap();
    jetstream.create_stream(config).await.unwrap();
    assert!(!probe.settled().await, "somebody has not come back to the stream");
    world.end().await;
}
