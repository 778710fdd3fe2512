//! Reminders on their way into the queue of messages, and held back in it.

use careway_kernel::CampaignId;
use careway_service::Result;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// A reminder that is planned.
#[derive(FromRow)]
pub(in crate::campaigns) struct Planned {
    pub(in crate::campaigns) recipient_id: Uuid,
    pub(in crate::campaigns) last_day: NaiveDate,
    pub(in crate::campaigns) step: i32,
    pub(in crate::campaigns) attempts: i32,
}

/// A message that is to be made of it.
pub(in crate::campaigns) struct Queued {
    pub(in crate::campaigns) recipient_id: Uuid,
    pub(in crate::campaigns) message_id: Uuid,
    pub(in crate::campaigns) dedupe_key: String,
    /// What it is about, as messages keep it.
    pub(in crate::campaigns) about: serde_json::Value,
    pub(in crate::campaigns) expires_at: DateTime<Utc>,
}

/// The running campaigns that have something to queue, and how many reminders of each stand in the queue.
pub(in crate::campaigns) async fn list_feeding(conn: &mut PgConnection) -> Result<Vec<(CampaignId, i64)>> {
    let feeding: Vec<(Uuid, i64)> = sqlx::query_as(
        "with queued as (
             select r.campaign_id, count(*) as reminders
             from message m join reminder_recipient r on r.message_id = m.message_id
             where m.priority = 3 and m.state in ('QUEUED', 'HELD', 'SUBMITTED')
             group by r.campaign_id)
         select c.campaign_id, coalesce(queued.reminders, 0)
         from reminder_campaign c left join queued on queued.campaign_id = c.campaign_id
         where c.state = 'RUNNING' and exists (
             select from reminder_recipient r where r.campaign_id = c.campaign_id and r.state = 'PLANNED')
         order by c.campaign_id",
    )
    .fetch_all(conn)
    .await?;
    Ok(feeding.into_iter().map(|(campaign, queued)| (CampaignId::from_uuid(campaign), queued)).collect())
}

/// The next reminders of a campaign, locked; others pass over them.
pub(in crate::campaigns) async fn lock_planned(
    conn: &mut PgConnection,
    campaign: CampaignId,
    limit: i64,
) -> Result<Vec<Planned>> {
    let planned = sqlx::query_as(
        "select recipient_id, last_day, step, attempts from reminder_recipient
         where campaign_id = $1 and state = 'PLANNED'
         order by recipient_id limit $2 for update skip locked",
    );
    Ok(planned.bind(campaign.uuid()).bind(limit).fetch_all(conn).await?)
}

/// Puts reminders into the queue, in the name of an agency.
pub(in crate::campaigns) async fn insert_queued(
    conn: &mut PgConnection,
    agency: Uuid,
    channel: &str,
    queued: &[Queued],
    now: DateTime<Utc>,
) -> Result<()> {
    let recipients: Vec<_> = queued.iter().map(|it| it.recipient_id).collect();
    let messages: Vec<_> = queued.iter().map(|it| it.message_id).collect();
    let keys: Vec<_> = queued.iter().map(|it| it.dedupe_key.as_str()).collect();
    let abouts: Vec<_> = queued.iter().map(|it| it.about.clone()).collect();
    let ends: Vec<_> = queued.iter().map(|it| it.expires_at).collect();
    sqlx::query(
        "with queued as (
             select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::jsonb[], $5::timestamptz[])
                 as queued (recipient_id, message_id, dedupe_key, about, expires_at)),
         made as (
             insert into message (message_id, organization_id, dedupe_key, channel, priority, template, state, subject,
                due_at, expires_at, created_at)
             select message_id, $6, dedupe_key, $7, 3, 'reminder', 'QUEUED', about, $8, expires_at, $8 from queued)
         update reminder_recipient r set state = 'QUEUED', message_id = queued.message_id, attempts = r.attempts + 1
         from queued where r.recipient_id = queued.recipient_id",
    )
    .bind(recipients)
    .bind(messages)
    .bind(keys)
    .bind(abouts)
    .bind(ends)
    .bind(agency)
    .bind(channel)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Reminders that are not to be sent, for one reason.
pub(in crate::campaigns) async fn update_suppressed(
    conn: &mut PgConnection,
    recipients: &[Uuid],
    reason: &str,
) -> Result<()> {
    sqlx::query(
        "update reminder_recipient set state = 'SUPPRESSED', reason = $2 where recipient_id = any($1)",
    )
    .bind(recipients)
    .bind(reason)
    .execute(conn)
    .await?;
    Ok(())
}
