//! The mails that wait for a person.

use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// A held mail as it is kept.
#[derive(FromRow)]
pub(crate) struct HeldRow {
    pub(crate) inbound_mail_id: Uuid,
    pub(crate) reason: String,
    pub(crate) case_id: Option<Uuid>,
    pub(crate) authenticated: bool,
    /// Gone with the words of the message that it became.
    pub(crate) summary: Option<Vec<u8>>,
    pub(crate) received_at: DateTime<Utc>,
    pub(crate) decision: Option<String>,
}

/// A page of those that wait, the newest first.
pub(crate) async fn list_held(
    conn: &mut PgConnection,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<HeldRow>> {
    Ok(sqlx::query_as(
        "select m.inbound_mail_id, coalesce(m.reason, '') as reason, m.case_id, m.authenticated, m.summary, m.received_at,
                h.decision
         from held_mail h join inbound_mail m using (inbound_mail_id)
         where h.decision is null and ($1::uuid is null or h.inbound_mail_id < $1)
         order by h.inbound_mail_id desc limit $2",
    )
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// A held mail, locked.
pub(crate) async fn lock_held(conn: &mut PgConnection, mail: Uuid) -> Result<Option<HeldRow>> {
    Ok(sqlx::query_as(
        "select m.inbound_mail_id, coalesce(m.reason, '') as reason, m.case_id, m.authenticated, m.summary, m.received_at,
                h.decision
         from held_mail h join inbound_mail m using (inbound_mail_id)
         where h.inbound_mail_id = $1 for update of h",
    )
    .bind(mail)
    .fetch_optional(conn)
    .await?)
}

/// What was decided of a held mail, and the case it went into.
pub(crate) async fn update_decided(
    conn: &mut PgConnection,
    mail: Uuid,
    (decision, by, at): (&str, &str, DateTime<Utc>),
    case: Option<Uuid>,
) -> Result<()> {
    sqlx::query(
        "with decided as (
            update held_mail set decision = $2, decided_by = $3, decided_at = $4 where inbound_mail_id = $1)
         update inbound_mail set case_id = coalesce($5, case_id) where inbound_mail_id = $1",
    )
    .bind(mail)
    .bind(decision)
    .bind(by)
    .bind(at)
    .bind(case)
    .execute(conn)
    .await?;
    Ok(())
}
