//! What a commit sends as text arrives as it was, whatever it holds: through the real server, many values a round trip.

#![expect(clippy::disallowed_methods, reason = "tests are bound to no clock")]

use careway_kernel::{Clock, OrganizationId};
use careway_service::{Migrator, OutgoingEvent};
use careway_testing::TestDatabase;
use chrono::{DateTime, Utc};
use proptest::{prelude::*, test_runner::TestRunner};
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

static NOTHING_MORE: Migrator = Migrator::DEFAULT;

/// Any text, with more of what a literal could stumble over.
fn text() -> impl Strategy<Value = String> {
    let special: Vec<char> =
        "'\\\"$;-/*\0\n\r\t:%{}\u{1}\u{7f}\u{feff}\u{202e}\u{2019}ExU&".chars().collect();
    let character = prop_oneof![any::<char>(), prop::sample::select(special)];
    prop::collection::vec(character, 0..24).prop_map(String::from_iter)
}

fn instant() -> impl Strategy<Value = DateTime<Utc>> {
    // The years 1 to 9999, to the microsecond.
    (-62_135_596_800_000_000..=253_402_300_799_999_999_i64)
        .prop_map(|micros| DateTime::from_timestamp_micros(micros).unwrap())
}

type Value = (String, Vec<u8>, DateTime<Utc>, Option<[u8; 16]>);

/// A row of the outbox: type, payload, instant, the other organization, the aggregate's type.
type Row = (String, Vec<u8>, DateTime<Utc>, Option<Uuid>, String);

fn value() -> impl Strategy<Value = Value> {
    (text(), prop::collection::vec(any::<u8>(), 0..40), instant(), any::<Option<[u8; 16]>>())
}

fn event(aggregate_id: Uuid, (at, value): (usize, &Value)) -> OutgoingEvent {
    let (text, bytes, instant, id) = value.clone();
    OutgoingEvent {
        event_id: Uuid::now_v7(),
        organization: None,
        also: id.map(|id| OrganizationId::from_uuid(Uuid::from_bytes(id))),
        aggregate_type: "o'clock \\",
        aggregate_id,
        aggregate_version: i64::try_from(at).unwrap(),
        event_type: text,
        payload: bytes.into(),
        occurred_at: instant,
    }
}

#[test]
fn any_text_bytes_and_instant_arrive_as_they_were() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (db, mut admin) = runtime.block_on(async {
        let database = TestDatabase::create("literals", &NOTHING_MORE).await;
        let db = database.open(1, &Clock::system()).await;
        (db, PgConnection::connect(&database.url_admin).await.unwrap())
    });
    let admin = tokio::sync::Mutex::new(&mut admin);
    let values = prop::collection::vec(value(), 1..1_500);
    let config = ProptestConfig { cases: 8, max_shrink_iters: 200, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&values, |values| {
            let aggregate = Uuid::now_v7();
            let arrived: Vec<Value> = runtime.block_on(async {
                let mut tx = db.begin_system("tests").await.unwrap();
                values.iter().enumerate().for_each(|value| tx.record(event(aggregate, value)));
                tx.finish().await.unwrap();
                let arrived: Vec<Row> = sqlx::query_as(
                    "select type, payload, occurred_at, also_organization, aggregate_type from outbox \
                     where aggregate_id = $1 order by aggregate_version",
                )
                .bind(aggregate)
                .fetch_all(&mut **admin.lock().await)
                .await
                .unwrap();
                assert!(arrived.iter().all(|(.., aggregate_type)| aggregate_type == "o'clock \\"));
                arrived
                    .into_iter()
                    .map(|(text, bytes, instant, id, _)| (text, bytes, instant, id.map(Uuid::into_bytes)))
                    .collect()
            });
            let sent: Vec<Value> = values
                .into_iter()
                // Postgres keeps no NUL in a text.
                .map(|(text, bytes, instant, id)| (text.replace('\0', ""), bytes, instant, id))
                .collect();
            prop_assert_eq!(arrived, sent);
            Ok(())
        })
        .unwrap();
}
