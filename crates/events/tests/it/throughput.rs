//! How fast events flow, beside a bare relay without order, CloudEvents headers or care.

use std::time::{Duration, Instant};

use async_nats::jetstream::message::PublishMessage;
use careway_testing::eventually;
use futures::{StreamExt, stream};
use sqlx::{Connection, Executor, PgConnection, Row};
use uuid::Uuid;

use crate::test_events::{App, TestEvents};

const EVENTS: i64 = 2_000;

const FILL: &str = "insert into outbox (event_id, aggregate_type, aggregate_id, aggregate_version, type, payload, \
                    occurred_at) select gen_random_uuid(), 'visits', gen_random_uuid(), 1, \
                    'careway.visits.v1.Happened', '\\x08' || set_byte('\\x00', 0, n % 100), now() \
                    from generate_series(1, 2000) as n";

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_events() {
    let events = TestEvents::new().await;
    events.execute(FILL).await;
    let bare = bare_relay(&events).await;
    events.execute("truncate outbox").await;
    events.execute(FILL).await;

    let started = Instant::now();
    let relay = events.relay().start();
    eventually("all is published", async || relay.settled().await).await;
    let relayed = started.elapsed();

    let started = Instant::now();
    let listening = events.consumers(App::default()).start().await.unwrap();
    eventually("all is taken", async || listening.settled().await).await;
    let taken = started.elapsed();
    assert_eq!(events.effects().await, EVENTS);

    println!(
        "{EVENTS} events: bare relay {:.0}/s, relay {:.0}/s ({:.2} of it), reactions {:.0}/s",
        rate(bare),
        rate(relayed),
        bare.as_secs_f64() / relayed.as_secs_f64(),
        rate(taken)
    );
    events.end().await;
}

fn rate(time: Duration) -> f64 {
    EVENTS as f64 / time.as_secs_f64()
}

/// Picks 500, publishes them at once, marks them; in a stream of its own.
async fn bare_relay(events: &TestEvents) -> Duration {
    let jetstream = async_nats::jetstream::new(events.client.clone());
    let config = async_nats::jetstream::stream::Config {
        name: "BARE".to_owned(),
        subjects: vec!["bare".to_owned()],
        ..Default::default()
    };
    jetstream.create_stream(config).await.unwrap();
    let mut connection = PgConnection::connect_with(events.database.options()).await.unwrap();
    connection.execute("select set_config('careway.purpose', 'test', false)").await.unwrap();
    let started = Instant::now();
    loop {
        let rows = sqlx::query(
            "select id, payload, event_id from outbox where published_at is null order by id limit 500",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap();
        if rows.is_empty() {
            return started.elapsed();
        }
        let published: Vec<(i64, i64)> = stream::iter(rows)
            .map(|row| {
                let jetstream = &jetstream;
                async move {
                    let message = PublishMessage::build()
                        .message_id(row.get::<Uuid, _>(2).to_string())
                        .payload(row.get::<Vec<u8>, _>(1).into());
                    let ack = jetstream.send_publish("bare", message).await.unwrap();
                    (row.get(0), ack.await.unwrap().sequence.cast_signed())
                }
            })
            .buffer_unordered(256)
            .collect()
            .await;
        let (ids, sequences): (Vec<i64>, Vec<i64>) = published.into_iter().unzip();
        sqlx::query(
            "update outbox set published_at = now(), stream_seq = acked.sequence \
             from unnest($1::bigint[], $2::bigint[]) as acked (id, sequence) where outbox.id = acked.id",
        )
        .bind(ids)
        .bind(sequences)
        .execute(&mut connection)
        .await
        .unwrap();
    }
}
