//! The queue of messages as the sender's statements leave it.

use careway_kernel::{Clock, id_at};
use careway_service::Transaction;
use careway_testing::TestDatabase;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::{
    MIGRATOR, NAME,
    messages::store::{
        ended::{DeferredRow, update_deferred},
        inbound::{InboundRow, delete_old_inbound, insert_inbound},
        queue::update_released,
        upkeep::{list_queue_states, update_erased},
    },
};

/// A text message that a sender has taken, due since then.
async fn taken(tx: &mut Transaction, due_at: DateTime<Utc>) -> Uuid {
    let id = id_at(due_at);
    sqlx::query(
        "insert into message (message_id, dedupe_key, channel, priority, template, state, sealed, due_at, created_at,
            taken_until)
         values ($1, $2, 'SMS', 3, 'reminder', 'QUEUED', '\\x00', $3, $3, $3 + interval '5 minutes')",
    )
    .bind(id)
    .bind(id.to_string())
    .bind(due_at)
    .execute(&mut **tx)
    .await
    .unwrap();
    id
}

#[tokio::test]
async fn what_a_sender_gives_back_is_free_unless_another_has_it() {
    let database = TestDatabase::create(NAME, &MIGRATOR).await;
    let clock = Clock::movable();
    let db = database.open(2, &clock).await;
    let mut tx = db.begin_system("tests").await.unwrap();
    let [own, others] = [taken(&mut tx, clock.now()).await, taken(&mut tx, clock.now()).await];
    // The version tells that somebody has taken it meanwhile.
    update_released(&mut tx, &[(own, 1), (others, 7)]).await.unwrap();
    let free: Vec<Uuid> = sqlx::query_scalar("select message_id from message where taken_until is null")
        .fetch_all(&mut *tx)
        .await
        .unwrap();
    assert_eq!(free, [own]);
}

#[tokio::test]
async fn an_operator_sees_how_many_wait_and_for_how_long() {
    let database = TestDatabase::create(NAME, &MIGRATOR).await;
    let clock = Clock::movable();
    let db = database.open(2, &clock).await;
    let mut tx = db.begin_system("tests").await.unwrap();
    let now = clock.now();
    for ago in [90, 30, -60] {
        taken(&mut tx, now - TimeDelta::seconds(ago)).await;
    }
    let states = list_queue_states(&mut tx, now).await.unwrap();
    let [waiting] = &states[..] else { panic!("one channel and state") };
    assert_eq!((&*waiting.channel, &*waiting.state, waiting.messages), ("SMS", "QUEUED", 3));
    assert!((waiting.oldest_seconds - 90.0).abs() < 0.001, "what is due later does not wait yet");

    // Put off, it waits as long as before; held back, from the moment it may go.
    let mut waits = async |state, due_at, waits_since| {
        let ids: Vec<(Uuid, i64)> =
            sqlx::query_as("select message_id, version from message where due_at < $1")
                .bind(now)
                .fetch_all(&mut *tx)
                .await
                .unwrap();
        let row = |(message_id, version)| DeferredRow {
            message_id,
            version,
            state,
            due_at: Some(due_at),
            waits_since,
            counts: true,
            route: None,
        };
        update_deferred(&mut tx, &ids.into_iter().map(row).collect::<Vec<_>>(), now).await.unwrap();
        let states = list_queue_states(&mut tx, now).await.unwrap();
        states.iter().find(|found| found.state == state).unwrap().oldest_seconds
    };
    let just_now = now - TimeDelta::seconds(1);
    assert!((waits("QUEUED", just_now, None).await - 90.0).abs() < 0.001);
    assert!((waits("HELD", just_now, Some(just_now)).await - 1.0).abs() < 0.001);
}

#[tokio::test]
async fn the_words_of_old_messages_go_whoever_wrote_them_and_whom_they_went_to() {
    let database = TestDatabase::create(NAME, &MIGRATOR).await;
    let clock = Clock::movable();
    let db = database.open(2, &clock).await;
    let mut tx = db.begin_system("tests").await.unwrap();
    let now = clock.now();
    let sent = taken(&mut tx, now - TimeDelta::days(2)).await;
    sqlx::query("update message set state = 'UNDELIVERED', recipient_keys = array['\\x07'::bytea]")
        .execute(&mut *tx)
        .await
        .unwrap();
    for (days, key) in [(2, "old"), (0, "new")] {
        let received_at = now - TimeDelta::days(days);
        let row = InboundRow {
            inbound_sms_id: id_at(received_at),
            route: "viettel".to_owned(),
            number_key: vec![7],
            sealed: vec![7],
            received_at,
        };
        insert_inbound(&mut tx, &row, key, &[]).await.unwrap();
    }
    let before = now - TimeDelta::days(1);
    assert_eq!(update_erased(&mut tx, before, 10).await.unwrap(), 1);
    delete_old_inbound(&mut tx, before, 10).await.unwrap();
    let left: Vec<String> =
        sqlx::query_scalar("select dedupe_key from inbound_sms").fetch_all(&mut *tx).await.unwrap();
    assert_eq!(left, ["new"]);
    let kept: (bool, bool) =
        sqlx::query_as("select sealed is null, recipient_keys is null from message where message_id = $1")
            .bind(sent)
            .fetch_one(&mut *tx)
            .await
            .unwrap();
    assert_eq!(kept, (true, true));
}
