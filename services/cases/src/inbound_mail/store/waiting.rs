//! That held mail waits, and when that was told last.

use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// Locks the mail that waits longest; false when none does.
pub(crate) async fn lock_oldest_held(conn: &mut PgConnection) -> Result<bool> {
    let oldest = sqlx::query_scalar(
        "select inbound_mail_id from held_mail where decision is null order by inbound_mail_id limit 1 for update",
    );
    let oldest: Option<Uuid> = oldest.fetch_optional(conn).await?;
    Ok(oldest.is_some())
}

/// When somebody was told last that mail waits.
pub(crate) async fn find_last_told(conn: &mut PgConnection) -> Result<Option<DateTime<Utc>>> {
    let told = sqlx::query_scalar("select max(raised_at) from case_notice where kind = 'MAIL_HELD'");
    Ok(told.fetch_one(conn).await?)
}
