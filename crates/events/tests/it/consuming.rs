//! From the stream to the effect: once, together while all goes well, and never held up by one bad event.

use std::sync::Arc;

use careway_events::{Consumers, Probe, Received};
use careway_service::{Result, Transaction};
use futures::future::join_all;
use prost::{Message, Name};

use crate::world::{App, Happened, World, eventually, note};

#[tokio::test(flavor = "multi_thread")]
async fn repeated_events_have_one_effect() {
    let world = World::new().await;
    let relay = world.relay().start();
    let replicas = join_all((0..2).map(|_| world.consumers(App::default()).start())).await;
    world.say(0..200).await;
    eventually("all is published", async || relay.settled().await).await;
    world.execute("update outbox set published_at = null, refill = refill + 1").await;
    eventually("they are published twice", async || relay.settled().await && world.held().await == 400).await;
    for replica in replicas {
        let listening = replica.unwrap();
        eventually("all is taken", async || listening.settled().await).await;
    }
    world.assert_each_once(200).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_events_share_a_transaction() {
    let world = World::new().await;
    let relay = world.relay().start();
    world.say(0..100).await;
    eventually("all is published", async || relay.settled().await).await;
    let _listening = world.consumers(App::default()).start().await.unwrap();
    world.assert_each_once(100).await;
    let transactions = world.count("select count(distinct noted_in) from effect").await;
    assert!(transactions < 50, "{transactions} transactions for 100 events");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_purposes_hear_the_same_event() {
    let world = World::new().await;
    let relay = world.relay().start();
    let listening = Consumers::new(&world.bus, &world.database, "visits")
        .on("one", App::default(), note)
        .on("two", App::default(), note)
        .start()
        .await
        .unwrap();
    world.say(0..5).await;
    eventually("both have it", async || world.effects().await == 10).await;
    eventually("all is taken", async || relay.settled().await && listening.settled().await).await;
    world.end().await;
}

/// Notes an event whose type was known only by its name.
#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_heard_by_the_name_of_its_type() {
    let world = World::new().await;
    let relay = world.relay().start();
    let consumers = Consumers::new(&world.bus, &world.database, "visits");
    let decode = |payload| Happened::decode(payload).ok();
    let any = consumers.on_any("notes", &Happened::full_name(), decode, App::default(), note);
    let listening = any.start().await.unwrap();
    world.say(0..5).await;
    eventually("all is taken", async || relay.settled().await && listening.settled().await).await;
    world.assert_each_once(5).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_reactions_to_one_event_under_one_purpose_are_refused() {
    let world = World::new().await;
    let consumers = world.consumers(App::default()).on("notes", App::default(), note);
    let refused = consumers.start().await.err().unwrap();
    assert_eq!(refused.to_string(), "two reactions to the same event: notes: careway.visits.v1.Happened");
    world.end().await;
}

/// Says the next number, up to ten.
async fn answer(_: &App, tx: &mut Transaction, received: Received<Happened>) -> Result<()> {
    let number = received.message.number + 1;
    if number <= 10 {
        let fact =
            careway_events::Fact::new(Happened { number }).about(received.aggregate, received.version + 1);
        careway_events::record(tx, fact);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_probe_waits_for_what_reactions_say() {
    let world = World::new().await;
    let _relay = world.relay().start();
    let _listening =
        world.consumers(App::default()).on("answers", App::default(), answer).start().await.unwrap();
    let probe = Arc::new(Probe::new(&world.bus).watching(&world.database));
    world.say([1]).await;
    eventually("it is quiet", async || probe.settled().await).await;
    assert_eq!(world.effects().await, 10);
    world.end().await;
}
