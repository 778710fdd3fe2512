//! Messages that should not be there: those that nobody can read are put aside while the others flow, and those that come
//! twice have their effect once.

use async_nats::{
    HeaderMap,
    jetstream::{self, stream::Stream as Handle},
};
use careway_events::Stream;
use careway_service::Call;
use careway_tests::{Load, Network, TestPlatform, until};
use uuid::Uuid;

const PATIENTS: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn poison_is_put_aside_and_the_others_go_on() {
    let platform = TestPlatform::start().await;
    let network = Network::of(&platform).await;
    let load = Load::of(&platform, &network, PATIENTS).await;

    let subject = Stream::new(&platform.foundation().prefix, "visits").subject("VisitAdmitted");
    let jetstream = jetstream::new(platform.foundation().nats.clone());
    let (event, aggregate) = (Uuid::now_v7().to_string(), Uuid::now_v7().to_string());
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("ce-id", event.as_str()),
        ("ce-type", "careway.visits.v1.VisitAdmitted"),
        ("ce-time", "2026-03-01T10:00:00Z"),
        ("ce-subject", &aggregate),
        ("ce-aggregateversion", "1"),
    ] {
        headers.insert(name, value);
    }
    // One that says what it is and is not, and one that says nothing.
    let garbled = jetstream.publish_with_headers(subject.clone(), headers, "\u{7f}garbled".into());
    garbled.await.unwrap().await.unwrap();
    jetstream.publish(subject, "hello".into()).await.unwrap().await.unwrap();
    load.run_through(async {}).await;
    load.compare(&platform).await;

    let mut reader = platform.database("renewals").read(&Call::system("tests")).await.unwrap();
    let parked: Vec<(Option<String>, String)> =
        sqlx::query_as("select event_id::text, reason from dead_letter order by stream_seq")
            .fetch_all(&mut *reader)
            .await
            .unwrap();
    let expected = [
        (Some(event), "the message does not decode".to_owned()),
        (None, "the header ce-id is absent or malformed".to_owned()),
    ];
    assert_eq!(parked, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_delivered_twice_has_its_effect_once() {
    let platform = TestPlatform::start().await;
    let network = Network::of(&platform).await;
    let load = Load::of(&platform, &network, PATIENTS).await;
    load.run_through(async {}).await;
    platform.settle().await;

    let heard = inbox(&platform).await;
    let mut again = 0;
    for context in ["identity", "visits", "renewals"] {
        again += publish_again(&platform, context).await;
    }
    assert!(again > 4 * PATIENTS as u64, "{again} events");
    // The ledger compares effects: notices, lines of access logs.
    load.compare(&platform).await;
    assert_eq!(inbox(&platform).await, heard, "no event is new");
}

/// Publishes every message of a stream once more, under an id that JetStream does not know; how many.
pub(crate) async fn publish_again(platform: &TestPlatform, context: &str) -> u64 {
    let jetstream = jetstream::new(platform.foundation().nats.clone());
    let name = Stream::new(&platform.foundation().prefix, context).name();
    let stream: Handle = jetstream.get_stream(&name).await.unwrap();
    let last = stream.cached_info().state.last_sequence;
    for place in 1..=last {
        let message = stream.direct_get(place).await.unwrap();
        let mut headers = message.headers.clone();
        headers.insert("Nats-Msg-Id", format!("twice-{place}"));
        let published = jetstream.publish_with_headers(message.subject, headers, message.payload);
        assert!(!published.await.unwrap().await.unwrap().duplicate);
    }
    let delivered = until("the copies to be there", async || {
        let stream = jetstream.get_stream(&name).await?;
        Ok((stream.cached_info().state.last_sequence >= 2 * last).then_some(()))
    });
    delivered.await.unwrap();
    last
}

/// How many events each listener has taken.
async fn inbox(platform: &TestPlatform) -> Vec<i64> {
    let mut taken = Vec::new();
    for service in ["identity", "visits", "renewals"] {
        let mut reader = platform.database(service).read(&Call::system("tests")).await.unwrap();
        let count = sqlx::query_scalar("select count(*) from inbox").fetch_one(&mut *reader).await;
        taken.push(count.unwrap());
    }
    taken
}
