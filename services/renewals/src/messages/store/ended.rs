//! What became of messages.

use std::collections::HashSet;

use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// A message that has ended.
pub(crate) struct EndedRow {
    pub(crate) message_id: Uuid,
    /// As its sender knew it.
    pub(crate) version: i64,
    pub(crate) state: &'static str,
    pub(crate) reason: Option<String>,
    pub(crate) receipt_by: Option<DateTime<Utc>>,
    /// Its words go.
    pub(crate) erases: bool,
}

/// A message to be tried again.
pub(crate) struct DeferredRow {
    pub(crate) message_id: Uuid,
    pub(crate) version: i64,
    /// QUEUED, or HELD.
    pub(crate) state: &'static str,
    /// None keeps its place.
    pub(crate) due_at: Option<DateTime<Utc>>,
    /// None keeps since when it waits.
    pub(crate) waits_since: Option<DateTime<Utc>>,
    /// Counts an attempt.
    pub(crate) counts: bool,
    /// The one route that may try it again; none when any may.
    pub(crate) route: Option<String>,
}

/// These messages have ended, each in its state. Answers which, and the version as its sender knew it: not those that were
/// known to have ended, nor what another sender has by now.
pub(crate) async fn update_ended(
    conn: &mut PgConnection,
    ended: &[EndedRow],
    now: DateTime<Utc>,
) -> Result<HashSet<(Uuid, i64)>> {
    let new: Vec<(Uuid, i64)> = sqlx::query_as(
        "update message set state = ended.state, reason = ended.reason, receipt_by = ended.receipt_by, ended_at = $6,
                taken_until = null, version = message.version + 1,
                sealed = case when ended.erases then null else sealed end
         from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::timestamptz[], $7::bool[])
             as ended (id, version, state, reason, receipt_by, erases)
         where message_id = ended.id
             and (message.state = 'UNKNOWN'
                  or (message.version = ended.version and message.state in ('QUEUED', 'HELD', 'SUBMITTED')))
         returning message_id, ended.version",
    )
    .bind(ended.iter().map(|of| of.message_id).collect::<Vec<_>>())
    .bind(ended.iter().map(|of| of.version).collect::<Vec<_>>())
    .bind(ended.iter().map(|of| of.state).collect::<Vec<_>>())
    .bind(ended.iter().map(|of| of.reason.as_deref()).collect::<Vec<_>>())
    .bind(ended.iter().map(|of| of.receipt_by).collect::<Vec<_>>())
    .bind(now)
    .bind(ended.iter().map(|of| of.erases).collect::<Vec<_>>())
    .fetch_all(conn)
    .await?;
    Ok(new.into_iter().collect())
}

/// Whom these messages were for, by keyed hashes.
pub(crate) async fn list_recipient_keys(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Vec<u8>>> {
    let keys = sqlx::query_scalar("select unnest(recipient_keys) from message where message_id = any($1)");
    Ok(keys.bind(ids).fetch_all(conn).await?)
}

/// These messages were refused for now, or are not to go yet; each is due again then.
pub(crate) async fn update_deferred(
    conn: &mut PgConnection,
    deferred: &[DeferredRow],
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "update message set state = deferred.state, due_at = coalesce(deferred.due_at, message.due_at),
                waits_since = coalesce(deferred.waits_since, message.waits_since),
                attempts = attempts + deferred.counts::int, route = deferred.route, deferred_at = $7,
                taken_until = null, version = message.version + 1
         from unnest($1::uuid[], $2::bigint[], $3::text[], $4::timestamptz[], $5::bool[], $6::text[], $8::timestamptz[])
             as deferred (id, version, state, due_at, counts, route, waits_since)
         where message_id = deferred.id and message.version = deferred.version
             and message.state in ('QUEUED', 'HELD', 'SUBMITTED')",
    )
    .bind(deferred.iter().map(|of| of.message_id).collect::<Vec<_>>())
    .bind(deferred.iter().map(|of| of.version).collect::<Vec<_>>())
    .bind(deferred.iter().map(|of| of.state).collect::<Vec<_>>())
    .bind(deferred.iter().map(|of| of.due_at).collect::<Vec<_>>())
    .bind(deferred.iter().map(|of| of.counts).collect::<Vec<_>>())
    .bind(deferred.iter().map(|of| of.route.as_deref()).collect::<Vec<_>>())
    .bind(now)
    .bind(deferred.iter().map(|of| of.waits_since).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

/// What a receipt or a late answer made of a message that had been given to a route.
pub(crate) async fn update_settled(
    conn: &mut PgConnection,
    message_id: Uuid,
    (state, reason): (&str, Option<&str>),
    receipt_by: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "update message set state = $2, reason = coalesce($3, reason), receipt_by = $4, ended_at = $5,
                version = version + 1
         where message_id = $1",
    )
    .bind(message_id)
    .bind(state)
    .bind(reason)
    .bind(receipt_by)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}
