//! What became of the reminders to a participant. Campaigns plan them, messages say how they fare.

use careway_kernel::ParticipantId;
use careway_service::Result;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// A reminder.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Reminded {
    #[sqlx(rename = "recipient_id")]
    pub(crate) recipient: Uuid,
    #[sqlx(rename = "message_id")]
    pub(crate) message: Option<Uuid>,
    #[sqlx(rename = "campaign_id")]
    pub(crate) campaign: Uuid,
    pub(crate) channel: String,
    pub(crate) last_day: NaiveDate,
    pub(crate) step: i32,
    pub(crate) state: String,
    pub(crate) reason: String,
    pub(crate) planned_at: DateTime<Utc>,
    pub(crate) ended_at: Option<DateTime<Utc>>,
}

/// The reminders to a participant, the latest first.
pub(crate) async fn list_messages(
    conn: &mut PgConnection,
    participant: ParticipantId,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Reminded>> {
    let rows = sqlx::query_as(
        "select r.recipient_id, r.message_id, r.campaign_id, c.channel, r.last_day, r.step,
            coalesce(m.state, r.state) as state, coalesce(r.reason, '') as reason, r.planned_at, m.ended_at
         from reminder_recipient r
         join reminder_campaign c on c.campaign_id = r.campaign_id
         left join message m on m.message_id = r.message_id
         where r.participant_id = $1 and ($2::uuid is null or r.recipient_id < $2)
         order by r.recipient_id desc limit $3",
    );
    Ok(rows.bind(participant.uuid()).bind(before).bind(limit).fetch_all(conn).await?)
}
