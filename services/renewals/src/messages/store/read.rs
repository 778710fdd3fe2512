//! What operators see of messages.

use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// A message without whom it goes to and what it says.
#[derive(FromRow)]
pub(crate) struct MessageRow {
    pub(crate) message_id: Uuid,
    pub(crate) organization_id: Option<Uuid>,
    pub(crate) channel: String,
    pub(crate) template: String,
    pub(crate) state: String,
    pub(crate) reason: Option<String>,
    pub(crate) route: Option<String>,
    pub(crate) attempts: i32,
    pub(crate) due_at: DateTime<Utc>,
    pub(crate) expires_at: Option<DateTime<Utc>>,
    pub(crate) submitted_at: Option<DateTime<Utc>>,
    pub(crate) ended_at: Option<DateTime<Utc>>,
    pub(crate) created_at: DateTime<Utc>,
}

/// A part, as receipts left it.
#[derive(FromRow)]
pub(crate) struct ReportedPart {
    pub(crate) number: i16,
    pub(crate) carrier_id: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) done_at: Option<DateTime<Utc>>,
}

/// A message as it is judged before it is sent once more.
#[derive(FromRow)]
pub(crate) struct FailedRow {
    pub(crate) state: String,
    pub(crate) channel: String,
    pub(crate) priority: i16,
    pub(crate) has_content: bool,
    pub(crate) is_begun: bool,
}

/// Which messages are wanted; none wants all.
pub(crate) struct MessageFilter<'a> {
    pub(crate) state: Option<&'a str>,
    pub(crate) channel: Option<&'a str>,
    pub(crate) route: Option<&'a str>,
    pub(crate) before: Option<Uuid>,
    pub(crate) limit: i64,
}

/// Messages, the newest first.
pub(crate) async fn list_messages(
    conn: &mut PgConnection,
    filter: &MessageFilter<'_>,
) -> Result<Vec<MessageRow>> {
    let messages = sqlx::query_as(
        "select message_id, organization_id, channel, template, state, reason, route, attempts, due_at, expires_at,
                submitted_at, ended_at, created_at
         from message
         where ($1::text is null or state = $1) and ($2::text is null or channel = $2)
             and ($3::text is null or route = $3) and ($4::uuid is null or message_id < $4)
         order by message_id desc limit $5",
    )
    .bind(filter.state)
    .bind(filter.channel)
    .bind(filter.route)
    .bind(filter.before)
    .bind(filter.limit)
    .fetch_all(conn)
    .await?;
    Ok(messages)
}

/// One message.
pub(crate) async fn find_message(conn: &mut PgConnection, id: Uuid) -> Result<Option<MessageRow>> {
    let message = sqlx::query_as(
        "select message_id, organization_id, channel, template, state, reason, route, attempts, due_at, expires_at,
                submitted_at, ended_at, created_at
         from message where message_id = $1",
    );
    Ok(message.bind(id).fetch_optional(conn).await?)
}

/// What is known of its parts.
pub(crate) async fn list_reported_parts(conn: &mut PgConnection, id: Uuid) -> Result<Vec<ReportedPart>> {
    let parts = sqlx::query_as(
        "select number, carrier_id, state, error, done_at from message_part where message_id = $1 order by number",
    );
    Ok(parts.bind(id).fetch_all(conn).await?)
}

/// A message that somebody wants to be sent once more, locked.
pub(crate) async fn lock_failed(conn: &mut PgConnection, id: Uuid) -> Result<Option<FailedRow>> {
    let message = sqlx::query_as(
        "select state, channel, priority, sealed is not null or subject is not null as has_content,
                exists (select from message_part part
                        where part.message_id = message.message_id and carrier_id is not null) as is_begun
         from message where message_id = $1 for update",
    );
    Ok(message.bind(id).fetch_optional(conn).await?)
}

/// A message is queued anew, until then.
pub(crate) async fn update_redriven(
    conn: &mut PgConnection,
    id: Uuid,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<MessageRow> {
    let message = sqlx::query_as(
        "update message set state = 'QUEUED', reason = null, route = null, attempts = 0, due_at = $2, waits_since = $2,
                ended_at = null, deferred_at = null, expires_at = $3, version = version + 1
         where message_id = $1
         returning message_id, organization_id, channel, template, state, reason, route, attempts, due_at, expires_at,
             submitted_at, ended_at, created_at",
    );
    Ok(message.bind(id).bind(now).bind(expires_at).fetch_one(conn).await?)
}
