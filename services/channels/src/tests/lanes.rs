//! Lanes are dealt anew while a booking is cancelled, or a hold is released: its time is free afterwards.

use careway_kernel::{BookingId, Clock, ConnectionId, HoldId, OrganizationId, ResourceId, ServiceId};
use careway_service::{Database, Transaction};
use careway_testing::{TestDatabase, eventually};
use chrono::TimeDelta;
use uuid::Uuid;

use crate::{
    MIGRATOR, NAME,
    holds::store::release,
    occupations::{
        free,
        store::{count_of_booking, deal_anew},
    },
};

/// The row of a booking or a hold that takes an hour of a resource.
async fn taken(tx: &mut Transaction, (booking, hold): (Option<Uuid>, Option<Uuid>), clock: &Clock) -> i64 {
    let now = clock.now();
    sqlx::query_scalar(
        "insert into occupation (provider_id, resource_id, lane, span, booking_id, hold_id, until)
         values ($1, $2, 0, tstzrange($3, $4), $5, $6, case when $6 is not null then $4 end)
         returning occupation_id",
    )
    .bind(OrganizationId::new(clock).uuid())
    .bind(ResourceId::new(clock).uuid())
    .bind(now)
    .bind(now + TimeDelta::hours(1))
    .bind(booking)
    .bind(hold)
    .fetch_one(&mut **tx)
    .await
    .unwrap()
}

/// Whether somebody waits for somebody else's lock.
async fn is_awaited(db: &Database) -> bool {
    let mut tx = db.begin_system("tests").await.unwrap();
    let waiting = "select exists (select from pg_locks l join pg_database d on d.datname = current_database()
        where not l.granted and (l.database = d.oid or l.locktype = 'transactionid'))";
    sqlx::query_scalar(waiting).fetch_one(&mut *tx).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_dealt_anew_meanwhile_is_freed_too() {
    let (database, clock) = (TestDatabase::create(NAME, &MIGRATOR).await, Clock::movable());
    let (db, booking) = (database.open(4, &clock).await, BookingId::new(&clock));
    let mut tx = db.begin_system("tests").await.unwrap();
    let row = taken(&mut tx, (Some(booking.uuid()), None), &clock).await;
    tx.finish().await.unwrap();

    let mut dealing = db.begin_system("tests").await.unwrap();
    assert!(deal_anew(&mut dealing, &[row], &[(row, 1)]).await.unwrap());
    let cancelling = tokio::spawn({
        let db = db.clone();
        async move {
            let mut tx = db.begin_system("tests").await.unwrap();
            free(&mut tx, booking, 1).await.unwrap();
            tx.finish().await.unwrap();
        }
    });
    eventually("the row is waited for", async || is_awaited(&db).await).await;
    dealing.finish().await.unwrap();
    cancelling.await.unwrap();
    let mut tx = db.begin_system("tests").await.unwrap();
    assert_eq!(count_of_booking(&mut tx, booking).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_is_dealt_anew_while_it_is_released_is_released_whole() {
    let (database, clock) = (TestDatabase::create(NAME, &MIGRATOR).await, Clock::movable());
    let (db, hold) = (database.open(4, &clock).await, HoldId::new(&clock));
    let (connection, service) = (ConnectionId::new(&clock), ServiceId::new(&clock));
    let mut tx = db.begin_system("tests").await.unwrap();
    sqlx::query(
        "insert into connection (connection_id, provider_id, channel_id, state, causes, endpoint_answered, revision,
            version, created_at)
         values ($1, $1, $1, 'LIVE', '{}', true, 1, 1, $2)",
    )
    .bind(connection.uuid())
    .bind(clock.now())
    .execute(&mut *tx)
    .await
    .unwrap();
    sqlx::query(
        "insert into service (service_id, provider_id, code, name, duration_minutes, step_minutes, buffer_before,
            buffer_after, version, created_at)
         values ($1, $2, 'X', 'X', 60, 60, 0, 0, 1, $3)",
    )
    .bind(service.uuid())
    .bind(connection.uuid())
    .bind(clock.now())
    .execute(&mut *tx)
    .await
    .unwrap();
    sqlx::query(
        "insert into hold (hold_id, connection_id, provider_id, channel_id, service_id, resource_ids, starts_at,
            duration_minutes, state, until, created_at)
         values ($1, $2, $2, $2, $3, array[$1::uuid], $4, 60, 'OPEN', $5, $4)",
    )
    .bind(hold.uuid())
    .bind(connection.uuid())
    .bind(service.uuid())
    .bind(clock.now())
    .bind(clock.now() + TimeDelta::minutes(10))
    .execute(&mut *tx)
    .await
    .unwrap();
    let row = taken(&mut tx, (None, Some(hold.uuid())), &clock).await;
    tx.finish().await.unwrap();

    let mut dealing = db.begin_system("tests").await.unwrap();
    assert!(deal_anew(&mut dealing, &[row], &[(row, 1)]).await.unwrap());
    let releasing = tokio::spawn({
        let db = db.clone();
        async move {
            let mut tx = db.begin_system("tests").await.unwrap();
            let now = tx.now();
            release(&mut tx, &[hold], now).await.unwrap();
            tx.finish().await.unwrap();
        }
    });
    eventually("the row is waited for", async || is_awaited(&db).await).await;
    dealing.finish().await.unwrap();
    releasing.await.unwrap();
    let mut tx = db.begin_system("tests").await.unwrap();
    let left: i64 = sqlx::query_scalar("select count(*) from occupation where hold_id = $1")
        .bind(hold.uuid())
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    assert_eq!(left, 0, "nobody waits for what nobody holds");
}
