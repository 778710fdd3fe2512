//! JetStream loses all it had while patients are admitted: the auditors publish again what their streams should hold, and
//! whoever hears of it again does nothing twice.

use std::collections::BTreeSet;

use async_nats::jetstream::{self, stream::Stream as Handle};
use careway_events::Stream;
use careway_service::Call;
use careway_tests::{CODES_FOR_A_LOAD, Load, Network, TestPlatform};
use futures::TryStreamExt;

const PATIENTS: usize = 40;
const LOSSES: usize = 2;

#[tokio::test(flavor = "multi_thread")]
async fn streams_deleted_under_load_are_refilled_and_nothing_is_lost_or_doubled() {
    let platform = TestPlatform::with(&CODES_FOR_A_LOAD).await;
    let network = Network::of(&platform).await;
    let load = Load::of(&platform, &network, PATIENTS).await;

    let losses = async {
        for loss in 1..=LOSSES {
            load.acknowledged(loss * PATIENTS / 2).await;
            delete_streams(&platform).await;
        }
    };
    load.run_through(losses).await;
    load.compare(&platform).await;

    // The others' streams are audited within the minute; visits has spoken since, and noticed at once.
    let (said, refilled) = said(&platform).await;
    let held = held(&stream(&platform).await).await;
    let missing: Vec<_> = said.difference(&held).collect();
    assert!(missing.is_empty(), "the stream lacks {} of {} events", missing.len(), said.len());
    assert!(refilled, "something was lost, and published again");
}

async fn delete_streams(platform: &TestPlatform) {
    let jetstream = jetstream::new(platform.foundation().nats.clone());
    let ours = format!("{}_", platform.foundation().prefix.to_uppercase());
    let names: Vec<String> = jetstream.stream_names().try_collect().await.unwrap();
    for name in names.iter().filter(|name| name.starts_with(&ours)) {
        jetstream.delete_stream(name).await.unwrap();
    }
}

async fn stream(platform: &TestPlatform) -> Handle {
    let name = Stream::new(&platform.foundation().prefix, "visits").name();
    jetstream::new(platform.foundation().nats.clone()).get_stream(name).await.unwrap()
}

/// Every event that visits recorded, and whether some had to be published again.
async fn said(platform: &TestPlatform) -> (BTreeSet<String>, bool) {
    let mut reader = platform.database("visits").read(&Call::system("tests")).await.unwrap();
    let said: Vec<(String, i32)> =
        sqlx::query_as("select event_id::text, refill from outbox").fetch_all(&mut *reader).await.unwrap();
    let refilled = said.iter().any(|(_, refill)| *refill > 0);
    (said.into_iter().map(|(event, _)| event).collect(), refilled)
}

/// Every event in the stream.
async fn held(stream: &Handle) -> BTreeSet<String> {
    let state = &stream.cached_info().state;
    let mut held = BTreeSet::new();
    for place in state.first_sequence..=state.last_sequence {
        let message = stream.direct_get(place).await.unwrap();
        held.insert(message.headers.get("ce-id").unwrap().to_string());
    }
    held
}
