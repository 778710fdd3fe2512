//! The table `message`.

use std::collections::HashSet;

use careway_kernel::{MessageId, OrganizationId};
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection, types::Json};
use uuid::Uuid;

use super::domain::{about::About, message::NewMessage};

/// The sealed column, as its values are bound to it.
pub(super) const SEALED: &str = "message.sealed";

/// A message submitted for sending.
#[derive(FromRow)]
pub(super) struct Submitted {
    pub(super) message_id: Uuid,
    pub(super) organization_id: Option<Uuid>,
    pub(super) channel: String,
    pub(super) template: String,
    pub(super) sealed: Option<Vec<u8>>,
    /// An [`About`], perhaps of a version newer than this process.
    pub(super) subject: Option<serde_json::Value>,
    pub(super) attempts: i32,
    pub(super) expires_at: Option<DateTime<Utc>>,
    pub(super) version: i64,
}

/// Keeps a message, or finds the one with its dedupe key; answers which it is.
pub(super) async fn insert_message(
    conn: &mut PgConnection,
    message: &NewMessage,
    sealed: Option<&[u8]>,
    about: Option<&About>,
    now: DateTime<Utc>,
) -> Result<MessageId> {
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
    .fetch_one(conn)
    .await?;
    Ok(MessageId::from_uuid(id))
}

/// What is due is submitted, most urgent first; other senders pass over it.
pub(super) async fn update_submitted(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    most: i64,
) -> Result<Vec<Submitted>> {
    let submitted = sqlx::query_as(
        "update message set state = 'SUBMITTED', submitted_at = $1, attempts = attempts + 1, version = version + 1
         where message_id in (
             select message_id from message where state = 'QUEUED' and due_at <= $1
             order by priority, due_at limit $2 for update skip locked
         )
         returning message_id, organization_id, channel, template, sealed, subject, attempts, expires_at, version",
    )
    .bind(now)
    .bind(most)
    .fetch_all(conn)
    .await?;
    Ok(submitted)
}

/// When the next message is due.
pub(super) async fn find_next_due(conn: &mut PgConnection) -> Result<Option<DateTime<Utc>>> {
    let due = sqlx::query_scalar("select min(due_at) from message where state = 'QUEUED'");
    Ok(due.fetch_one(conn).await?)
}

/// These messages have ended, each in its state; a one-time code's words go, whatever became of it. Answers which: not
/// those that were known to have ended.
pub(super) async fn update_ended(
    conn: &mut PgConnection,
    ended: &[(Uuid, &'static str)],
    now: DateTime<Utc>,
) -> Result<HashSet<Uuid>> {
    let (ids, states): (Vec<Uuid>, Vec<&str>) = ended.iter().copied().unzip();
    let new: Vec<Uuid> = sqlx::query_scalar(
        "update message set state = ended.state, ended_at = $3, version = version + 1,
                sealed = case when priority = 1 then null else sealed end
         from unnest($1::uuid[], $2::text[]) as ended (id, state)
         where message_id = ended.id and message.state in ('SUBMITTED', 'UNKNOWN')
         returning message_id",
    )
    .bind(ids)
    .bind(states)
    .bind(now)
    .fetch_all(conn)
    .await?;
    Ok(new.into_iter().collect())
}

/// These messages were refused for now; each is due again then.
pub(super) async fn update_deferred(
    conn: &mut PgConnection,
    deferred: &[(Uuid, DateTime<Utc>)],
) -> Result<()> {
    let (ids, due): (Vec<Uuid>, Vec<DateTime<Utc>>) = deferred.iter().copied().unzip();
    sqlx::query(
        "update message set state = 'QUEUED', due_at = deferred.due_at, version = version + 1
         from unnest($1::uuid[], $2::timestamptz[]) as deferred (id, due_at)
         where message_id = deferred.id and state = 'SUBMITTED'",
    )
    .bind(ids)
    .bind(due)
    .execute(conn)
    .await?;
    Ok(())
}

/// What a sender submitted and never told of: it may have gone out, so it is not sent again.
pub(super) async fn update_abandoned(
    conn: &mut PgConnection,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<u64> {
    let done = sqlx::query(
        "update message set state = 'UNKNOWN', ended_at = $2, version = version + 1,
                sealed = case when priority = 1 then null else sealed end
         where state = 'SUBMITTED' and submitted_at < $1",
    )
    .bind(before)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// How many are due or on their way; those that wait for a later try are not.
pub(crate) async fn get_unsent_count(conn: &mut PgConnection) -> Result<i64> {
    let count = sqlx::query_scalar(
        "select count(*) from message where state = 'SUBMITTED' or (state = 'QUEUED' and attempts = 0)",
    );
    Ok(count.fetch_one(conn).await?)
}
