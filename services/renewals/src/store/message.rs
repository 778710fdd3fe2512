//! The table `message`.

use careway_kernel::{MessageId, OrganizationId};
use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection, types::Json};
use uuid::Uuid;

use crate::domain::message::{About, NewMessage};

/// The sealed column, as its values are bound to it.
pub(crate) const SEALED: &str = "message.sealed";

/// A message taken for sending.
#[derive(FromRow)]
pub(crate) struct Taken {
    pub(crate) message_id: Uuid,
    pub(crate) organization_id: Option<Uuid>,
    pub(crate) channel: String,
    pub(crate) template: String,
    pub(crate) sealed: Option<Vec<u8>>,
    /// An [`About`], perhaps of a version newer than this process.
    pub(crate) subject: Option<serde_json::Value>,
    pub(crate) attempts: i32,
    pub(crate) expires_at: Option<DateTime<Utc>>,
    pub(crate) version: i64,
}

/// Keeps a message, or finds the one with its dedupe key; answers which it is.
pub(crate) async fn insert(
    connection: &mut PgConnection,
    message: &NewMessage,
    sealed: Option<&[u8]>,
    about: Option<&About>,
    now: DateTime<Utc>,
) -> sqlx::Result<MessageId> {
    let id: Uuid = sqlx::query_scalar(
        "insert into message (message_id, organization_id, dedupe_key, channel, priority, template, state, sealed, \
                              subject, due_at, expires_at, created_at)
         values ($1, $2, $3, $4, $5, $6, 'QUEUED', $7, $8, $9, $10, $11)
         on conflict (dedupe_key) do update set dedupe_key = excluded.dedupe_key
         returning message_id",
    )
    .bind(message.id.uuid())
    .bind(message.organization.map(OrganizationId::uuid))
    .bind(&message.dedupe_key)
    .bind(message.channel.as_str())
    .bind(message.priority as i16)
    .bind(&message.template)
    .bind(sealed)
    .bind(about.map(Json))
    .bind(message.due_at)
    .bind(message.expires_at)
    .bind(now)
    .fetch_one(connection)
    .await?;
    Ok(MessageId::from_uuid(id))
}

/// Takes what is due, most urgent first; other senders pass over it.
pub(crate) async fn take_due(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
    most: i64,
) -> sqlx::Result<Vec<Taken>> {
    sqlx::query_as(
        "update message set state = 'SUBMITTED', submitted_at = $1, attempts = attempts + 1, version = version + 1
         where message_id in (
             select message_id from message where state = 'QUEUED' and due_at <= $1
             order by priority, due_at limit $2 for update skip locked
         )
         returning message_id, organization_id, channel, template, sealed, subject, attempts, expires_at, version",
    )
    .bind(now)
    .bind(most)
    .fetch_all(connection)
    .await
}

/// When the next message is due.
pub(crate) async fn next_due(connection: &mut PgConnection) -> sqlx::Result<Option<DateTime<Utc>>> {
    sqlx::query_scalar("select min(due_at) from message where state = 'QUEUED'").fetch_one(connection).await
}

/// The message has ended; a one-time code's words go, whatever became of it. False when that was known already.
pub(crate) async fn update_ended(
    connection: &mut PgConnection,
    id: Uuid,
    state: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    sqlx::query(
        "update message set state = $2, ended_at = $3, version = version + 1,
                sealed = case when priority = 1 then null else sealed end
         where message_id = $1 and state in ('SUBMITTED', 'UNKNOWN')",
    )
    .bind(id)
    .bind(state)
    .bind(now)
    .execute(connection)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// The message was refused for now.
pub(crate) async fn update_deferred(
    connection: &mut PgConnection,
    id: Uuid,
    due_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query(
        "update message set state = 'QUEUED', due_at = $2, version = version + 1
         where message_id = $1 and state = 'SUBMITTED'",
    )
    .bind(id)
    .bind(due_at)
    .execute(connection)
    .await
    .map(drop)
}

/// What a sender took and never told of: it may have gone out, so it is not sent again.
pub(crate) async fn update_abandoned(
    connection: &mut PgConnection,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<u64> {
    sqlx::query(
        "update message set state = 'UNKNOWN', ended_at = $2, version = version + 1,
                sealed = case when priority = 1 then null else sealed end
         where state = 'SUBMITTED' and submitted_at < $1",
    )
    .bind(before)
    .bind(now)
    .execute(connection)
    .await
    .map(|done| done.rows_affected())
}

/// How many are due or on their way; those that wait for a later try are not.
pub(crate) async fn count_unsent(connection: &mut PgConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        "select count(*) from message where state = 'SUBMITTED' or (state = 'QUEUED' and attempts = 0)",
    )
    .fetch_one(connection)
    .await
}
