//! Contacts that messages could not be delivered to, found by their keyed hashes.

use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// The numbers that SMS go to are suspect from now on, of every participant whose number one of these is.
pub(crate) async fn update_number_suspect(
    conn: &mut PgConnection,
    keys: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "update participant set mobile_suspect = true, suspect_at = $2, version = version + 1
         where participant_id in (
             select participant_id from participant
             where (mobile_index = any($1) or (mobile is null and phone_index = any($1))) and not mobile_suspect
             order by participant_id for update)",
    )
    .bind(keys)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// The addresses are suspect from now on, of every participant who has one of them.
pub(crate) async fn update_address_suspect(
    conn: &mut PgConnection,
    keys: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "update participant set email_suspect = true, suspect_at = $2, version = version + 1
         where participant_id in (
             select participant_id from participant where email_index = any($1) and not email_suspect
             order by participant_id for update)",
    )
    .bind(keys)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}
