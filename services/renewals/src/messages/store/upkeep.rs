//! What time does to messages: senders that never told, receipts that never came, words that are erased.

use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::super::domain::message::Priority;

/// A message of which nobody heard more.
#[derive(FromRow)]
pub(crate) struct Lost {
    pub(crate) message_id: Uuid,
    pub(crate) organization_id: Option<Uuid>,
    pub(crate) channel: String,
    pub(crate) template: String,
    pub(crate) subject: Option<serde_json::Value>,
    pub(crate) version: i64,
}

/// How the queue stands.
#[derive(FromRow)]
pub(crate) struct QueueState {
    pub(crate) channel: String,
    pub(crate) state: String,
    pub(crate) messages: i64,
    /// How long the one waits that waits longest.
    pub(crate) oldest_seconds: f64,
}

/// What a sender submitted and never told of: it may have gone out, so it is not sent again. The words of one priority go.
pub(crate) async fn update_abandoned(
    conn: &mut PgConnection,
    before: DateTime<Utc>,
    erased: Priority,
    now: DateTime<Utc>,
) -> Result<Vec<Lost>> {
    let lost = sqlx::query_as(
        "update message set state = 'UNKNOWN', reason = 'NO_ANSWER', ended_at = $2, version = version + 1,
                sealed = case when priority = $3 then null else sealed end
         where state = 'SUBMITTED' and submitted_at < $1
         returning message_id, organization_id, channel, template, subject, version",
    );
    Ok(lost.bind(before).bind(now).bind(erased as i16).fetch_all(conn).await?)
}

/// What no receipt came for in time.
pub(crate) async fn update_unreported(
    conn: &mut PgConnection,
    most: i64,
    now: DateTime<Utc>,
) -> Result<Vec<Lost>> {
    let lost = sqlx::query_as(
        "update message set state = 'UNKNOWN', reason = 'NO_RECEIPT', receipt_by = null, ended_at = $1,
                version = version + 1
         where message_id in (
             select message_id from message where state = 'ACCEPTED' and receipt_by < $1
             order by receipt_by limit $2 for update skip locked)
         returning message_id, organization_id, channel, template, subject, version",
    );
    Ok(lost.bind(now).bind(most).fetch_all(conn).await?)
}

/// The words of old messages go.
pub(crate) async fn update_erased(conn: &mut PgConnection, before: DateTime<Utc>, most: i64) -> Result<u64> {
    let erased = sqlx::query(
        "update message set sealed = null, recipient_keys = null where message_id in (
             select message_id from message
             where (sealed is not null or recipient_keys is not null) and created_at < $1 and state not in ('QUEUED', 'HELD', 'SUBMITTED')
             order by created_at limit $2 for update skip locked)",
    );
    Ok(erased.bind(before).bind(most).execute(conn).await?.rows_affected())
}

/// How many are due or on their way; those that wait for a later try are not.
pub(crate) async fn get_unsent_count(conn: &mut PgConnection) -> Result<i64> {
    let count = sqlx::query_scalar(
        "select count(*) from message
         where state = 'SUBMITTED' or (state = 'QUEUED' and deferred_at is null)",
    );
    Ok(count.fetch_one(conn).await?)
}

/// Counts what waits, by channel and state.
pub(crate) async fn list_queue_states(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
) -> Result<Vec<QueueState>> {
    let states = sqlx::query_as(
        "select channel, state, count(*) as messages,
                greatest(0, date_part('epoch', $1 - min(coalesce(waits_since, created_at)))) as oldest_seconds
         from message where state in ('QUEUED', 'HELD', 'SUBMITTED') group by channel, state",
    );
    Ok(states.bind(now).fetch_all(conn).await?)
}
