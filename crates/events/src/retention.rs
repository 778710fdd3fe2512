//! Forgets, in small steps, what neither the auditor nor the inbox needs any more, and the answers kept long enough.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::stream::KEPT;

/// An event may come again as long as a stream, refilled by an outbox, may hold it: six days; and a stream that was
/// restored from an older backup brings what it held then.
const HEARD_FOR: Duration = Duration::from_secs(45 * 24 * 3600);
/// How long a key gets its answer again; the API's guide says so.
const ANSWERED_FOR: Duration = Duration::from_secs(7 * 24 * 3600);
/// How many rows one step deletes.
const STEP: i64 = 1000;

/// Deletes one step of published outbox rows, of inbox rows and of kept answers past their time; says how many.
pub(crate) async fn sweep(connection: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<u64> {
    let published = sqlx::query(
        "delete from outbox where event_id in \
         (select event_id from outbox where published_at < $1 order by published_at limit $2)",
    )
    .bind(now - KEPT)
    .bind(STEP)
    .execute(&mut *connection)
    .await?;
    let heard = sqlx::query(
        "delete from inbox where (consumer, event_id) in \
         (select consumer, event_id from inbox where at < $1 order by at limit $2)",
    )
    .bind(now - HEARD_FOR)
    .bind(STEP)
    .execute(&mut *connection)
    .await?;
    let answered = sqlx::query(
        "delete from idempotency_record where key_hash in \
         (select key_hash from idempotency_record where created_at < $1 order by created_at limit $2)",
    )
    .bind(now - ANSWERED_FOR)
    .bind(STEP)
    .execute(connection)
    .await?;
    Ok(published.rows_affected() + heard.rows_affected() + answered.rows_affected())
}
