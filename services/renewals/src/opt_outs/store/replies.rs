//! Text messages that people sent us, as far as they may be answers to reminders.

use careway_kernel::OrganizationId;
use careway_service::Result;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use crate::opt_outs::domain::REMINDER;

/// One that nobody has read.
#[derive(FromRow)]
pub(in crate::opt_outs) struct Reply {
    pub(in crate::opt_outs) inbound_sms_id: Uuid,
    pub(in crate::opt_outs) route: String,
    /// Who wrote, by the keyed hash that contacts are found by.
    pub(in crate::opt_outs) number_key: Vec<u8>,
    pub(in crate::opt_outs) sealed: Vec<u8>,
}

/// The oldest that nobody has read, locked; others pass over them.
pub(in crate::opt_outs) async fn lock_replies(conn: &mut PgConnection, limit: i64) -> Result<Vec<Reply>> {
    let replies = sqlx::query_as(
        "select inbound_sms_id, route, number_key, sealed from inbound_sms where state = 'RECEIVED'
         order by received_at limit $1 for update skip locked",
    );
    Ok(replies.bind(limit).fetch_all(conn).await?)
}

/// These were read, or do not open.
pub(in crate::opt_outs) async fn update_state(
    conn: &mut PgConnection,
    ids: &[Uuid],
    state: &str,
) -> Result<()> {
    if !ids.is_empty() {
        let update = sqlx::query("update inbound_sms set state = $2 where inbound_sms_id = any($1)");
        update.bind(ids).bind(state).execute(conn).await?;
    }
    Ok(())
}

/// The authorities that have somebody at this number.
pub(in crate::opt_outs) async fn list_authorities(
    conn: &mut PgConnection,
    contact_index: &[u8],
) -> Result<Vec<OrganizationId>> {
    let authorities: Vec<Uuid> = sqlx::query_scalar(
        "select distinct authority_id from participant where mobile_index = $1 or phone_index = $1
         order by authority_id",
    )
    .bind(contact_index)
    .fetch_all(conn)
    .await?;
    Ok(authorities.into_iter().map(OrganizationId::from_uuid).collect())
}

/// The number wants reminders again.
pub(in crate::opt_outs) async fn delete_of_contact(
    conn: &mut PgConnection,
    contact_index: &[u8],
) -> Result<()> {
    sqlx::query("delete from opt_out where contact_index = $1 and channel = 'SMS' and purpose = $2")
        .bind(contact_index)
        .bind(REMINDER)
        .execute(conn)
        .await?;
    Ok(())
}
