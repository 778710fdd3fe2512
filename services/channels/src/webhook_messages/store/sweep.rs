//! Forgets, in small steps, what was sent long ago.

use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// How many rows of each table one step deletes.
const STEP: i64 = 1000;

/// Deletes one step of what happened before then; says how many rows.
pub(crate) async fn sweep(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<u64> {
    let attempts = sqlx::query(
        "delete from webhook_attempt where attempt_id in
            (select attempt_id from webhook_attempt where at < $1 order by at limit $2)",
    )
    .bind(before)
    .bind(STEP)
    .execute(&mut *conn)
    .await?;
    let deliveries = sqlx::query(
        "delete from webhook_delivery where (endpoint_id, event_id) in (
            select d.endpoint_id, d.event_id from webhook_message m join webhook_delivery d using (event_id)
            where m.occurred_at < $1 order by m.occurred_at limit $2 for update of d skip locked)",
    )
    .bind(before)
    .bind(STEP)
    .execute(&mut *conn)
    .await?;
    let messages = sqlx::query(
        "delete from webhook_message where event_id in (
            select m.event_id from webhook_message m where m.occurred_at < $1
              and not exists (select from webhook_delivery d where d.event_id = m.event_id)
            order by m.occurred_at limit $2)",
    )
    .bind(before)
    .bind(STEP)
    .execute(conn)
    .await?;
    Ok(attempts.rows_affected() + deliveries.rows_affected() + messages.rows_affected())
}
