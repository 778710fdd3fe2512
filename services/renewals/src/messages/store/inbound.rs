//! Text messages that people sent us.

use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// One that came in.
#[derive(FromRow)]
pub(crate) struct InboundRow {
    pub(crate) inbound_sms_id: Uuid,
    pub(crate) route: String,
    pub(crate) number_key: Vec<u8>,
    pub(crate) sealed: Vec<u8>,
    pub(crate) received_at: DateTime<Utc>,
}

/// Keeps one, once: unless there is one of its key, or one of those beside it that came less than a minute from it.
pub(crate) async fn insert_inbound(
    conn: &mut PgConnection,
    inbound: &InboundRow,
    dedupe_key: &str,
    beside: &[String],
) -> Result<()> {
    sqlx::query(
        "insert into inbound_sms (inbound_sms_id, route, dedupe_key, number_key, sealed, state, received_at)
         select $1, $2, $3, $4, $5, 'RECEIVED', $6
         where not exists (
             select from inbound_sms where dedupe_key = any($7)
                 and received_at > $6 - interval '1 minute' and received_at < $6 + interval '1 minute')
         on conflict (dedupe_key) do nothing",
    )
    .bind(inbound.inbound_sms_id)
    .bind(&inbound.route)
    .bind(dedupe_key)
    .bind(&inbound.number_key)
    .bind(&inbound.sealed)
    .bind(inbound.received_at)
    .bind(beside)
    .execute(conn)
    .await?;
    Ok(())
}

/// Old ones go, read or not.
pub(crate) async fn delete_old_inbound(
    conn: &mut PgConnection,
    before: DateTime<Utc>,
    most: i64,
) -> Result<()> {
    sqlx::query(
        "delete from inbound_sms where inbound_sms_id in (
             select inbound_sms_id from inbound_sms where received_at < $1 order by received_at limit $2)",
    )
    .bind(before)
    .bind(most)
    .execute(conn)
    .await?;
    Ok(())
}
