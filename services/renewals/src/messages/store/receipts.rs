//! Receipts: which part one is of, and those that came before the answer of theirs.

use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// The message of a part that a carrier reports on, locked.
#[derive(FromRow)]
pub(crate) struct Reported {
    pub(crate) message_id: Uuid,
    pub(crate) organization_id: Option<Uuid>,
    pub(crate) channel: String,
    pub(crate) template: String,
    pub(crate) subject: Option<serde_json::Value>,
    pub(crate) recipient_keys: Option<Vec<Vec<u8>>>,
    pub(crate) state: String,
    pub(crate) version: i64,
    /// Which of its parts.
    pub(crate) number: i16,
}

/// What a carrier said of a part.
#[derive(FromRow)]
pub(crate) struct ReceiptRow {
    pub(crate) receipt_early_id: Uuid,
    pub(crate) route: String,
    pub(crate) carrier_id: String,
    pub(crate) state: String,
    pub(crate) error: Option<String>,
    pub(crate) done_at: Option<DateTime<Utc>>,
    pub(crate) received_at: DateTime<Utc>,
}

/// The part with this carrier's id, if its message has been given to the carrier whole. A carrier may use an id again after
/// years: the newest is meant.
pub(crate) async fn lock_reported(
    conn: &mut PgConnection,
    route: &str,
    carrier_id: &str,
) -> Result<Option<Reported>> {
    let reported = sqlx::query_as(
        "select message_id, message.organization_id, channel, template, subject, recipient_keys, message.state, version,
                number
         from message_part join message using (message_id)
         where message_part.route = $1 and carrier_id = $2
             and message.state not in ('QUEUED', 'HELD', 'SUBMITTED')
         order by message_part.submitted_at desc limit 1
         for update of message",
    );
    Ok(reported.bind(route).bind(carrier_id).fetch_optional(conn).await?)
}

/// The message, of which a late answer speaks, locked: unknown, or not known yet to be.
pub(crate) async fn lock_given(
    conn: &mut PgConnection,
    message_id: Uuid,
    number: i16,
) -> Result<Option<Reported>> {
    let reported = sqlx::query_as(
        "select message_id, organization_id, channel, template, subject, recipient_keys, state, version,
                $2::smallint as number
         from message where message_id = $1 and state in ('SUBMITTED', 'UNKNOWN') for update",
    );
    Ok(reported.bind(message_id).bind(number).fetch_optional(conn).await?)
}

/// What is known of a part now.
pub(crate) async fn update_part(
    conn: &mut PgConnection,
    (message_id, number): (Uuid, i16),
    state: Option<&str>,
    error: Option<&str>,
    done_at: Option<DateTime<Utc>>,
) -> Result<()> {
    sqlx::query(
        "update message_part set state = $3, error = coalesce($4, error), done_at = coalesce($5, done_at)
         where message_id = $1 and number = $2",
    )
    .bind(message_id)
    .bind(number)
    .bind(state)
    .bind(error)
    .bind(done_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps a receipt whose part is not known yet.
pub(crate) async fn insert_early(conn: &mut PgConnection, early: &ReceiptRow) -> Result<()> {
    sqlx::query(
        "insert into receipt_early (receipt_early_id, route, carrier_id, state, error, done_at, received_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(early.receipt_early_id)
    .bind(&early.route)
    .bind(&early.carrier_id)
    .bind(&early.state)
    .bind(&early.error)
    .bind(early.done_at)
    .bind(early.received_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Early receipts whose parts are known by now, in the order they came.
pub(crate) async fn lock_found_early(conn: &mut PgConnection, most: i64) -> Result<Vec<ReceiptRow>> {
    let found = sqlx::query_as(
        "select receipt_early_id, route, carrier_id, state, error, done_at, received_at from receipt_early
         where exists (
             select from message_part join message using (message_id)
             where message_part.route = receipt_early.route and message_part.carrier_id = receipt_early.carrier_id
                 and message.state not in ('QUEUED', 'HELD', 'SUBMITTED'))
         order by received_at limit $1 for update skip locked",
    );
    Ok(found.bind(most).fetch_all(conn).await?)
}

/// These were taken.
pub(crate) async fn delete_early(conn: &mut PgConnection, ids: &[Uuid]) -> Result<()> {
    let done = sqlx::query("delete from receipt_early where receipt_early_id = any($1)").bind(ids);
    done.execute(conn).await?;
    Ok(())
}

/// Nobody knows what these are of.
pub(crate) async fn delete_old_early(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<()> {
    sqlx::query("delete from receipt_early where received_at < $1").bind(before).execute(conn).await?;
    Ok(())
}
