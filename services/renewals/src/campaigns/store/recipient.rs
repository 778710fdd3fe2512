//! Whom a campaign reminds, and what became of it.

use careway_kernel::CampaignId;
use careway_service::Result;
use chrono::NaiveDate;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use crate::campaigns::domain::suppression::Suppression;

/// Which recipients of a campaign, in the order in which they were planned.
pub(in crate::campaigns) struct RecipientFilter {
    pub(in crate::campaigns) campaign: CampaignId,
    pub(in crate::campaigns) state: Option<&'static str>,
    pub(in crate::campaigns) reason: Option<Suppression>,
    pub(in crate::campaigns) after: Option<Uuid>,
    pub(in crate::campaigns) limit: i64,
}

/// Reminders of a campaign that failed and may be tried once more.
pub(in crate::campaigns) struct Failed<'a> {
    pub(in crate::campaigns) campaign: CampaignId,
    /// Of their messages.
    pub(in crate::campaigns) states: &'a [&'a str],
    /// Of every part that a carrier took.
    pub(in crate::campaigns) nobody_got: &'a [&'a str],
    /// Of a step, the first last day of a card.
    pub(in crate::campaigns) first_true: &'a [(i32, NaiveDate)],
}

/// Somebody who is reminded.
#[derive(FromRow)]
pub(in crate::campaigns) struct Recipient {
    pub(in crate::campaigns) recipient_id: Uuid,
    pub(in crate::campaigns) participant_id: Uuid,
    pub(in crate::campaigns) full_name: String,
    pub(in crate::campaigns) last_day: NaiveDate,
    pub(in crate::campaigns) step: i32,
    pub(in crate::campaigns) superseded: Vec<i32>,
    pub(in crate::campaigns) state: String,
    pub(in crate::campaigns) reason: Option<String>,
    pub(in crate::campaigns) segments: Option<i32>,
}

/// How many stand so.
#[derive(FromRow)]
pub(in crate::campaigns) struct RecipientCount {
    pub(in crate::campaigns) state: String,
    pub(in crate::campaigns) reason: Option<String>,
    pub(in crate::campaigns) step: i32,
    pub(in crate::campaigns) recipients: i64,
}

/// A page of recipients; the state of a queued one is its message's.
pub(in crate::campaigns) async fn list_recipients(
    conn: &mut PgConnection,
    filter: &RecipientFilter,
) -> Result<Vec<Recipient>> {
    let recipients = sqlx::query_as(
        "select r.recipient_id, r.participant_id, coalesce(p.full_name, '') as full_name, r.last_day, r.step,
                r.superseded, case when r.state = 'QUEUED' then coalesce(m.state, r.state) else r.state end as state,
                r.reason, r.segments
         from reminder_recipient r
         left join message m on m.message_id = r.message_id
         left join participant p on p.participant_id = r.participant_id
         where r.campaign_id = $1 and ($2::uuid is null or r.recipient_id > $2)
           and ($3::text is null
                or case when r.state = 'QUEUED' then coalesce(m.state, r.state) else r.state end = $3)
           and ($4::text is null or r.reason = $4 or ($4 = 'SUPERSEDED' and cardinality(r.superseded) > 0))
         order by r.recipient_id limit $5",
    )
    .bind(filter.campaign.uuid())
    .bind(filter.after)
    .bind(filter.state)
    .bind(filter.reason.map(Suppression::as_str))
    .bind(filter.limit)
    .fetch_all(conn)
    .await?;
    Ok(recipients)
}

/// A campaign's recipients by state, reason and step.
pub(in crate::campaigns) async fn list_counts(
    conn: &mut PgConnection,
    campaign: CampaignId,
) -> Result<Vec<RecipientCount>> {
    let counts = sqlx::query_as(
        "select case when r.state = 'QUEUED' then coalesce(m.state, r.state) else r.state end as state, r.reason,
                r.step, count(*) as recipients
         from reminder_recipient r left join message m on m.message_id = r.message_id
         where r.campaign_id = $1
         group by 1, 2, 3 order by 1, 2, 3",
    )
    .bind(campaign.uuid())
    .fetch_all(conn)
    .await?;
    Ok(counts)
}

/// Whether some reminder of the campaign is still to come: planned, or its message not ended.
pub(in crate::campaigns) async fn is_at_work(conn: &mut PgConnection, campaign: CampaignId) -> Result<bool> {
    let at_work = sqlx::query_scalar(
        "select exists (select from reminder_recipient where campaign_id = $1 and state = 'PLANNED')
             or exists (
                select from message m join reminder_recipient r on r.message_id = m.message_id
                where m.priority = 3 and m.state in ('QUEUED', 'HELD', 'SUBMITTED') and r.campaign_id = $1
                  and r.state = 'QUEUED')",
    );
    Ok(at_work.bind(campaign.uuid()).fetch_one(conn).await?)
}

/// How many reminders of the campaign ended in one of these states.
pub(in crate::campaigns) async fn get_ended_count(
    conn: &mut PgConnection,
    campaign: CampaignId,
    states: &[&str],
) -> Result<i64> {
    let count = sqlx::query_scalar(
        "select count(*) from reminder_recipient r join message m on m.message_id = r.message_id
         where r.campaign_id = $1 and r.state = 'QUEUED' and m.state = any($2)",
    );
    Ok(count.bind(campaign.uuid()).bind(states).fetch_one(conn).await?)
}

/// Plans those once more that failed so; answers how many.
pub(in crate::campaigns) async fn update_retried(
    conn: &mut PgConnection,
    failed: &Failed<'_>,
) -> Result<u64> {
    let (steps, first_days): (Vec<i32>, Vec<NaiveDate>) = failed.first_true.iter().copied().unzip();
    let done = sqlx::query(
        "update reminder_recipient r set state = 'PLANNED', message_id = null
         from message m, unnest($4::int[], $5::date[]) s (step, first_day)
         where r.campaign_id = $1 and r.state = 'QUEUED' and m.message_id = r.message_id and m.state = any($2)
           and s.step = r.step and r.last_day >= s.first_day
           and not exists (
               select from message_part t
               where t.message_id = m.message_id and t.carrier_id is not null
                 and coalesce(t.state <> all($3), true))",
    )
    .bind(failed.campaign.uuid())
    .bind(failed.states)
    .bind(failed.nobody_got)
    .bind(steps)
    .bind(first_days)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Takes back some of what cancelled campaigns had planned: their steps are free for others. Answers how many.
pub(in crate::campaigns) async fn update_cancelled(conn: &mut PgConnection, limit: i64) -> Result<u64> {
    let done = sqlx::query(
        "with picked as (
             select r.recipient_id, r.participant_id, r.last_day, r.step, c.channel
             from reminder_recipient r join reminder_campaign c on c.campaign_id = r.campaign_id
             where r.state = 'PLANNED' and c.state = 'CANCELLED'
             limit $1 for update of r skip locked),
         freed as (
             delete from reminder_sent k using picked
             where k.participant_id = picked.participant_id and k.last_day = picked.last_day and k.channel = picked.channel
               and k.step = picked.step and k.recipient_id = picked.recipient_id)
         update reminder_recipient r set state = 'SUPPRESSED', reason = 'CANCELLED'
         from picked where r.recipient_id = picked.recipient_id",
    )
    .bind(limit)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
