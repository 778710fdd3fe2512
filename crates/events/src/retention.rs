//! Forgets, in small steps, what neither the auditor nor the inbox needs any more.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::stream::KEPT;

/// An event may come again as long as a stream, refilled by an outbox, may hold it: 28 days, and some to spare.
const HEARD_FOR: Duration = Duration::from_secs(45 * 24 * 3600);
/// How many rows one step deletes.
const STEP: i64 = 1000;

/// Deletes one step of published outbox rows and of inbox rows past their time; says how many.
pub(crate) async fn sweep(connection: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<u64> {
    let published = sqlx::query(
        "delete from outbox where id in \
         (select id from outbox where published_at < $1 order by published_at limit $2)",
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
    .execute(connection)
    .await?;
    Ok(published.rows_affected() + heard.rows_affected())
}
