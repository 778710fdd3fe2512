//! From the outbox to the stream: order, crashes, late commits, several replicas, and what is forgotten.

use std::{collections::HashMap, sync::Arc, time::Duration};

use careway_events::{Fact, Relay, record};
use careway_testing::eventually;
use sqlx::{Connection, Executor, postgres::PgListener};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::test_events::{App, Happened, TestEvents};

#[tokio::test(flavor = "multi_thread")]
async fn events_of_an_aggregate_keep_their_order() {
    let events = TestEvents::new().await;
    let aggregates: Vec<_> = (0..20).map(|_| Uuid::now_v7()).collect();
    let relay = events.relay().start();
    for version in 1..=50 {
        let mut tx = events.database.begin_system("test").await.unwrap();
        for aggregate in &aggregates {
            record(&mut tx, Fact::new(Happened { number: version }).about(*aggregate, version));
        }
        tx.finish().await.unwrap();
    }
    eventually("all is published", async || relay.settled().await).await;

    let stream = events.stream().await;
    assert_eq!(stream.cached_info().state.messages, 1000);
    let mut versions: HashMap<String, i64> = HashMap::new();
    for sequence in 1..=1000 {
        let message = stream.direct_get(sequence).await.unwrap();
        let header = |name: &str| message.headers.get(name).unwrap().as_str().to_owned();
        assert_eq!(header("ce-type"), "careway.visits.v1.Happened");
        assert_eq!(message.subject.as_str(), "it.evt.visits.Happened");
        let version: i64 = header("ce-aggregateversion").parse().unwrap();
        assert_eq!(versions.insert(header("ce-subject"), version).unwrap_or(0) + 1, version);
    }
    assert_eq!(versions.len(), 20);
    events.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_between_publishing_and_marking_loses_nothing_and_doubles_nothing() {
    let events = TestEvents::new().await;
    let _listening = events.consumers(App::default()).start().await.unwrap();
    events.say(0..100).await;

    let doomed = events.relay().hold_before_mark(Arc::new(Semaphore::new(0))).start();
    eventually("the stream has them", async || events.held().await == 100).await;
    doomed.abort();
    assert_eq!(events.count("select count(*) from outbox where published_at is null").await, 100);

    let relay = events.relay().start();
    eventually("all is published", async || relay.settled().await).await;
    assert_eq!(events.held().await, 100, "the server knows them by their ids");
    events.assert_each_once(100).await;
    assert_eq!(relay.audit_now().await.unwrap().finding, None);
    events.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_commit_with_a_lower_id_is_not_skipped() {
    let events = TestEvents::new().await;
    let relay = events.relay().start();

    let mut slow = events.owner.acquire().await.unwrap();
    slow.execute("select set_config('careway.purpose', 'test', false)").await.unwrap();
    let mut late = slow.begin().await.unwrap();
    late.execute(
        "insert into outbox (event_id, aggregate_type, aggregate_id, aggregate_version, type, payload, occurred_at) \
         values (gen_random_uuid(), 'visits', gen_random_uuid(), 1, 'careway.visits.v1.Happened', '', now())",
    )
    .await
    .unwrap();
    events.say([2]).await;
    eventually("the later row is published", async || events.held().await == 1).await;
    late.commit().await.unwrap();
    eventually("the earlier row is too", async || events.held().await == 2).await;
    eventually("and marked", async || relay.settled().await).await;
    assert_eq!(events.count("select (select stream_seq from outbox order by id limit 1)").await, 2);
    drop(slow);
    events.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_takes_over() {
    let events = TestEvents::new().await;
    let first = events.relay().start();
    events.say([1]).await;
    eventually("the first leads", async || first.settled().await).await;
    let leaders = "select count(*) from pg_locks where locktype = 'advisory' and granted \
                   and database = (select oid from pg_database where datname = current_database())";
    let second = events.relay().start();
    events.say([2]).await;
    eventually("all is published", async || second.settled().await).await;
    assert_eq!(events.count(leaders).await, 1);

    first.abort();
    events.say([3]).await;
    eventually("the second leads", async || second.settled().await).await;
    assert_eq!(events.held().await, 3);
    events.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_recorded_here_is_published_at_once() {
    let events = TestEvents::new().await;
    let relay = events.relay().looking_every(Duration::from_secs(3600)).start();
    for number in 0..=5 {
        events.say([number]).await;
        eventually("it is published", async || relay.settled().await).await;
    }
    events.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_notifies_nobody_and_a_standby_passes_the_word_on() {
    let events = TestEvents::new().await;
    let leader = events.relay().start();
    events.say([1]).await;
    eventually("it leads", async || leader.settled().await).await;
    let mut listener = PgListener::connect_with(&events.owner).await.unwrap();
    listener.listen("outbox").await.unwrap();

    // Another process, first without a relay.
    let elsewhere = events.connect().await;
    let say = async |number| {
        let mut tx = elsewhere.begin_system("test").await.unwrap();
        record(&mut tx, Fact::new(Happened { number }).about(Uuid::now_v7(), 1));
        tx.finish().await.unwrap();
    };
    say(2).await;
    events.execute("select pg_notify('outbox', 'by hand')").await;
    assert_eq!(listener.recv().await.unwrap().payload(), "by hand");

    let standby = Relay::new(&events.bus, &elsewhere, "visits").start();
    assert_eq!(listener.recv().await.unwrap().payload(), "", "of what was recorded before it stood by");
    say(3).await;
    assert_eq!(listener.recv().await.unwrap().payload(), "");
    eventually("all is published", async || standby.settled().await).await;
    assert_eq!(events.held().await, 3);
    drop(listener);
    events.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_old_is_forgotten() {
    let events = TestEvents::new().await;
    let listening = events.consumers(App::default()).start().await.unwrap();
    let relay = events.relay().start();
    events.say(0..10).await;
    events.assert_each_once(10).await;
    eventually("it is quiet", async || relay.settled().await && listening.settled().await).await;
    relay.abort();

    events.clock.advance(Duration::from_secs(4 * 24 * 3600));
    let relay = events.relay().start();
    eventually("the outbox is empty", async || events.count("select count(*) from outbox").await == 0).await;
    assert_eq!(events.count("select count(*) from inbox").await, 10, "repeated events may still come");
    relay.abort();

    events.clock.advance(Duration::from_secs(42 * 24 * 3600));
    events.relay().start();
    eventually("the inbox is empty", async || events.count("select count(*) from inbox").await == 0).await;
    events.end().await;
}
