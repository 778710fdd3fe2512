//! SQL over the outbox, on the relay's own session.

use careway_kernel::OrganizationId;
use chrono::{DateTime, Utc};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use uuid::Uuid;

use crate::envelope::Envelope;

type Result<T> = sqlx::Result<T>;

/// An unpublished row.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) event_id: Uuid,
    organization_id: Option<Uuid>,
    also_organization: Option<Uuid>,
    pub(crate) aggregate_id: Uuid,
    aggregate_version: i64,
    #[sqlx(rename = "type")]
    pub(crate) event_type: String,
    payload: Vec<u8>,
    traceparent: Option<String>,
    occurred_at: DateTime<Utc>,
    pub(crate) refill: i32,
    /// Seconds since it was written, by the database's clock.
    pub(crate) age: f64,
}

impl Row {
    /// What travels in the headers, and the message.
    pub(crate) fn split(self) -> (Envelope, Vec<u8>) {
        let envelope = Envelope {
            event_id: self.event_id,
            event_type: self.event_type,
            occurred_at: self.occurred_at,
            organization: self.organization_id.map(OrganizationId::from_uuid),
            also: self.also_organization.map(OrganizationId::from_uuid),
            aggregate: self.aggregate_id,
            version: self.aggregate_version,
            traceparent: self.traceparent,
        };
        (envelope, self.payload)
    }
}

/// A row that JetStream acknowledged, and at which place in the stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Published {
    pub(crate) id: i64,
    pub(crate) refill: i32,
    pub(crate) sequence: i64,
}

/// A row the stream should hold.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub(crate) struct Claimed {
    pub(crate) event_id: Uuid,
    pub(crate) stream_seq: i64,
    pub(crate) published_at: DateTime<Utc>,
}

/// The relay's own session, which sees every row.
///
/// Its plans must hold however the outbox grows: it starts empty, when to read all of it seems best. So there is one way to
/// each row (see `0003_planned_once.sql`), and reading all is forbidden. What it marks need not outlive a crash of Postgres:
/// an event that is unpublished again is published again, under the id by which it is taken once.
pub(crate) async fn connect(options: &PgConnectOptions) -> Result<PgConnection> {
    let options = options.clone().options([
        ("enable_seqscan", "off"),
        ("enable_bitmapscan", "off"),
        ("plan_cache_mode", "force_generic_plan"),
        ("synchronous_commit", "off"),
        // A large refill takes its time.
        ("statement_timeout", "0"),
    ]);
    let mut connection = PgConnection::connect_with(&options).await?;
    sqlx::query("select set_config('careway.purpose', 'relay', false)").execute(&mut connection).await?;
    Ok(connection)
}

/// The oldest unpublished rows. Never by a cursor: a transaction that took its id early may commit late.
pub(crate) async fn list_unpublished(connection: &mut PgConnection, limit: i64) -> Result<Vec<Row>> {
    sqlx::query_as(
        "select id, event_id, organization_id, also_organization, aggregate_id, aggregate_version, type, payload, \
         traceparent, occurred_at, refill, extract(epoch from clock_timestamp() - created_at)::float8 as age \
         from outbox where published_at is null order by id limit $1",
    )
    .bind(limit)
    .fetch_all(connection)
    .await
}

pub(crate) async fn update_published(
    connection: &mut PgConnection,
    rows: &[Published],
    at: DateTime<Utc>,
) -> Result<()> {
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let refills: Vec<_> = rows.iter().map(|row| row.refill).collect();
    let sequences: Vec<_> = rows.iter().map(|row| row.sequence).collect();
    sqlx::query(
        "update outbox set published_at = $4, stream_seq = acked.sequence, last_error = null \
         from unnest($1::bigint[], $2::int[], $3::bigint[]) as acked (id, refill, sequence) \
         where outbox.id = acked.id and outbox.refill = acked.refill and published_at is null",
    )
    .bind(ids)
    .bind(refills)
    .bind(sequences)
    .bind(at)
    .execute(connection)
    .await?;
    Ok(())
}

pub(crate) async fn update_failed(connection: &mut PgConnection, rows: &[(i64, String)]) -> Result<()> {
    let (ids, errors): (Vec<i64>, Vec<&str>) = rows.iter().map(|(id, error)| (*id, error.as_str())).unzip();
    sqlx::query(
        "update outbox set attempts = attempts + 1, last_error = failed.error \
         from unnest($1::bigint[], $2::text[]) as failed (id, error) \
         where outbox.id = failed.id and published_at is null",
    )
    .bind(ids)
    .bind(errors)
    .execute(connection)
    .await?;
    Ok(())
}

/// The highest place in the stream that any row claims.
pub(crate) async fn get_highest_sequence(connection: &mut PgConnection) -> Result<i64> {
    sqlx::query_scalar("select coalesce(max(stream_seq), 0) from outbox where stream_seq is not null")
        .fetch_one(connection)
        .await
}

/// The rows with the highest places below `below`, newest first.
pub(crate) async fn list_newest_claims(
    connection: &mut PgConnection,
    below: i64,
    limit: i64,
) -> Result<Vec<Claimed>> {
    sqlx::query_as(
        "select event_id, stream_seq, published_at from outbox \
         where stream_seq < $1 and published_at is not null order by stream_seq desc limit $2",
    )
    .bind(below)
    .bind(limit)
    .fetch_all(connection)
    .await
}

/// The rows at or next above these places.
pub(crate) async fn list_claims_near(connection: &mut PgConnection, places: &[i64]) -> Result<Vec<Claimed>> {
    sqlx::query_as(
        "select found.* from unnest($1::bigint[]) as place cross join lateral \
         (select event_id, stream_seq, published_at from outbox \
          where stream_seq >= place and published_at is not null order by stream_seq limit 1) as found",
    )
    .bind(places)
    .fetch_all(connection)
    .await
}

/// Makes every row that claims a place from `sequence` on unpublished again; says how many.
pub(crate) async fn refill_from(connection: &mut PgConnection, sequence: i64) -> Result<u64> {
    let done = sqlx::query(
        "update outbox set published_at = null, stream_seq = null, refill = refill + 1 \
         where stream_seq >= $1 and published_at is not null",
    )
    .bind(sequence)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Makes these rows unpublished again; says how many.
pub(crate) async fn refill(connection: &mut PgConnection, events: &[Uuid]) -> Result<u64> {
    let done = sqlx::query(
        "update outbox set published_at = null, stream_seq = null, refill = refill + 1 \
         where event_id = any($1) and published_at is not null",
    )
    .bind(events)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Whether nothing waits to be published.
pub(crate) async fn is_empty(connection: &mut PgConnection) -> Result<bool> {
    sqlx::query_scalar("select not exists (select from outbox where published_at is null)")
        .fetch_one(connection)
        .await
}
