//! The lock that too many wrong codes in a row put on a member's codes.

use careway_kernel::{MemberId, OrganizationId};
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// Lifts the member's lock; false when there is none.
pub(crate) async fn update_lock_lifted(
    conn: &mut PgConnection,
    payer: OrganizationId,
    member: MemberId,
    by: &str,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query(
        "update code_lock set lifted_at = $3, lifted_by = $4, lift_reason = $5 \
         where payer_id = $1 and member_id = $2 and lifted_at is null",
    )
    .bind(payer.uuid())
    .bind(member.uuid())
    .bind(now)
    .bind(by)
    .bind(reason)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// A right code ends the row of wrong ones.
pub(crate) async fn delete_failures(conn: &mut PgConnection, subject: &[u8; 32]) -> Result<()> {
    sqlx::query("select clear_code_failures($1)").bind(&subject[..]).execute(conn).await?;
    Ok(())
}
