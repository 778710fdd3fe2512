//! From the stream to the effect: once, together while all goes well, and never held up by one bad event.

use std::sync::Arc;

use careway_events::{Consumers, Probe, RawMessage, Received};
use careway_service::{Error, Result, SharedReason, Transaction};
use careway_testing::eventually;
use futures::future::join_all;
use prost::{Message, Name};

use crate::test_events::{App, Happened, QUICK, TestEvents, note};

#[tokio::test(flavor = "multi_thread")]
async fn repeated_events_have_one_effect() {
    let events = TestEvents::new().await;
    let relay = events.relay().start();
    let replicas = join_all((0..2).map(|_| events.consumers(App::default()).start())).await;
    events.say(0..200).await;
    eventually("all is published", async || relay.settled().await).await;
    events.execute("update outbox set published_at = null, refill = refill + 1").await;
    eventually("they are published twice", async || relay.settled().await && events.held().await == 400)
        .await;
    for replica in replicas {
        let listening = replica.unwrap();
        eventually("all is taken", async || listening.settled().await).await;
    }
    events.assert_each_once(200).await;
    events.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_events_share_a_transaction() {
    let events = TestEvents::new().await;
    let relay = events.relay().start();
    events.say(0..100).await;
    eventually("all is published", async || relay.settled().await).await;
    let _listening = events.consumers(App::default()).start().await.unwrap();
    events.assert_each_once(100).await;
    let transactions = events.count("select count(distinct noted_in) from effect").await;
    assert!(transactions < 50, "{transactions} transactions for 100 events");
    events.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_purposes_hear_the_same_event() {
    let events = TestEvents::new().await;
    let relay = events.relay().start();
    let listening = Consumers::new(&events.bus, &events.database, "visits")
        .on("one", App::default(), note)
        .on("two", App::default(), note)
        .start()
        .await
        .unwrap();
    events.say(0..5).await;
    eventually("both have it", async || events.effects().await == 10).await;
    eventually("all is taken", async || relay.settled().await && listening.settled().await).await;
    events.end().await;
}

/// Notes an event whose type was known only by its name.
#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_heard_by_the_name_of_its_type() {
    let events = TestEvents::new().await;
    let relay = events.relay().start();
    let consumers = Consumers::new(&events.bus, &events.database, "visits");
    let decode = |payload| Happened::decode(payload).ok();
    let any = consumers.on_any("notes", &Happened::full_name(), decode, App::default(), note);
    let listening = any.start().await.unwrap();
    events.say(0..5).await;
    eventually("all is taken", async || relay.settled().await && listening.settled().await).await;
    events.assert_each_once(5).await;
    events.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_reactions_to_one_event_under_one_purpose_are_refused() {
    let events = TestEvents::new().await;
    let consumers = events.consumers(App::default()).on("notes", App::default(), note);
    let refused = consumers.start().await.err().unwrap();
    assert_eq!(refused.to_string(), "two reactions to the same event: notes: careway.visits.v1.Happened");
    events.end().await;
}

/// Notes all of these; the event's id keeps one from being noted twice, as its own key would.
async fn note_all(_: &App, tx: &mut Transaction, received: Vec<Received<RawMessage>>) -> Result<()> {
    for event in received {
        assert_eq!(event.message.event_type, Happened::full_name());
        let number = Happened::decode(event.message.payload).unwrap().number;
        sqlx::query(
            "insert into effect (event_id, number, aggregate, version) select $1, $2, $3, $4
             where not exists (select from effect where event_id = $1)",
        )
        .bind(event.event_id)
        .bind(number)
        .bind(event.aggregate)
        .bind(event.version)
        .execute(&mut **tx)
        .await?;
        if number == -1 {
            return Err(Error::new(SharedReason::NoReaction, "not this one"));
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_of_a_context_is_heard_in_batches_and_the_inbox_knows_of_none() {
    let events = TestEvents::new().await;
    let relay = events.relay().start();
    events.say(0..100).await;
    eventually("all is published", async || relay.settled().await).await;
    let consumers = Consumers::new(&events.bus, &events.database, "visits");
    let listening = consumers.on_every("all", "visits", App::default(), note_all).start().await.unwrap();
    events.assert_each_once(100).await;
    let transactions = events.count("select count(distinct noted_in) from effect").await;
    assert!(transactions < 50, "{transactions} transactions for 100 events");
    eventually("all is taken", async || listening.settled().await).await;
    assert_eq!(events.count("select count(*) from inbox").await, 0);
    events.execute("update outbox set published_at = null, refill = refill + 1").await;
    eventually("they come twice", async || relay.settled().await && events.held().await == 200).await;
    eventually("all is taken", async || listening.settled().await).await;
    events.assert_each_once(100).await;
    events.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_event_among_all_becomes_a_dead_letter_and_its_neighbours_are_taken() {
    let events = TestEvents::new().await;
    let _relay = events.relay().start();
    let consumers = Consumers::new(&events.bus, &events.database, "visits").retrying(QUICK);
    let _listening = consumers.on_every("all", "visits", App::default(), note_all).start().await.unwrap();
    events.say([1, -1, 2]).await;
    let parked = "select count(*) from dead_letter where consumer = 'all'";
    eventually("it is put aside", async || events.count(parked).await == 1).await;
    events.assert_each_once(2).await;
    let consumers = Consumers::new(&events.bus, &events.database, "visits");
    let letters = consumers.on_every("all", "visits", App::default(), take_all).dead_letters();
    assert_eq!(letters.redrive_all().await.unwrap().done, 1);
    events.end().await;
}

/// Takes all of these, and does nothing.
async fn take_all(_: &App, _: &mut Transaction, received: Vec<Received<RawMessage>>) -> Result<()> {
    assert_eq!(received.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purpose_hears_by_type_or_everything() {
    let events = TestEvents::new().await;
    let consumers = events.consumers(App::default()).on_every("notes", "visits", App::default(), take_all);
    let refused = consumers.start().await.err().unwrap();
    assert_eq!(refused.to_string(), "two reactions to the same event: notes: careway.visits.v1.Happened");
    events.end().await;
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
    let events = TestEvents::new().await;
    let _relay = events.relay().start();
    let _listening =
        events.consumers(App::default()).on("answers", App::default(), answer).start().await.unwrap();
    let probe = Arc::new(Probe::new(&events.bus).watching(&events.database));
    events.say([1]).await;
    eventually("it is quiet", async || probe.settled().await).await;
    assert_eq!(events.effects().await, 10);
    events.end().await;
}
