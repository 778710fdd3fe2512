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

/// Keeps one, once.
pub(crate) async fn insert_inbound(
    conn: &mut PgConnection,
    inbound: &InboundRow,
    dedupe_key: &str,
) -> Result<()> {
    sqlx::query(
        "insert into inbound_sms (inbound_sms_id, route, dedupe_key, number_key, sealed, state, received_at)
         values ($1, $2, $3, $4, $5, 'RECEIVED', $6)
         on conflict (dedupe_key) do nothing",
    )
    .bind(inbound.inbound_sms_id)
    .bind(&inbound.route)
    .bind(dedupe_key)
    .bind(&inbound.number_key)
    .bind(&inbound.sealed)
    .bind(inbound.received_at)
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
