//! One reminder whose message was taken for sending: what is so of it now, and what is kept of its going out.

use careway_service::Result;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use crate::{campaigns::domain::suppression::Contact, participants::domain::ContactResult};

/// Everything that decides about it, and what its words are made from. Contacts are sealed.
#[derive(FromRow)]
pub(in crate::campaigns) struct Reminder {
    pub(in crate::campaigns) campaign_id: Uuid,
    pub(in crate::campaigns) state: String,
    pub(in crate::campaigns) reason: Option<String>,
    pub(in crate::campaigns) step: i32,
    pub(in crate::campaigns) last_day: NaiveDate,
    /// Of words that were given for sending before.
    pub(in crate::campaigns) segments: Option<i32>,
    pub(in crate::campaigns) time_zone: Option<String>,
    pub(in crate::campaigns) agency_code: Option<String>,
    pub(in crate::campaigns) agency_name: Option<String>,
    pub(in crate::campaigns) participant_id: Uuid,
    pub(in crate::campaigns) bhxh_number: String,
    pub(in crate::campaigns) full_name: String,
    #[sqlx(try_from = "String")]
    pub(in crate::campaigns) result: ContactResult,
    pub(in crate::campaigns) mobile: Option<Vec<u8>>,
    pub(in crate::campaigns) phone: Option<Vec<u8>>,
    pub(in crate::campaigns) email: Option<Vec<u8>>,
    /// How the participant is reached by the campaign's channel.
    #[sqlx(try_from = "String")]
    pub(in crate::campaigns) contact: Contact,
    pub(in crate::campaigns) contact_index: Option<Vec<u8>>,
    /// The card was renewed, or a later one came.
    pub(in crate::campaigns) renewed: bool,
    /// The campaign's agency has the participant, and the list has the card.
    pub(in crate::campaigns) in_list: bool,
    pub(in crate::campaigns) opted_out: bool,
    pub(in crate::campaigns) first_of_step: bool,
    pub(in crate::campaigns) later_step: bool,
}

/// A reminder, locked.
pub(in crate::campaigns) async fn lock_reminder(
    conn: &mut PgConnection,
    recipient: Uuid,
) -> Result<Option<Reminder>> {
    let reminder = sqlx::query_as(
        "select r.campaign_id, r.state, r.reason, r.step, r.last_day, r.segments, o.time_zone, a.code as agency_code,
                o.name as agency_name, p.participant_id, p.bhxh_number, p.full_name, p.result, p.mobile, p.phone,
                p.email,
                case when c.channel = 'EMAIL' then
                    case when p.email is null then 'NONE' when p.email_suspect then 'SUSPECT' else 'EMAIL' end
                else p.sms_contact end as contact,
                case when c.channel = 'EMAIL' then p.email_index
                     else coalesce(p.mobile_index, p.phone_index) end as contact_index,
                i.renewal_id is not null or p.last_day > r.last_day as renewed,
                p.agency_id = c.agency_id and p.last_day = r.last_day and i.renewal_item_id is not null
                    and i.agency_id = c.agency_id as in_list,
                exists (select from opt_out x
                        where x.authority_id = c.authority_id and x.channel = c.channel and x.state = 'ACTIVE'
                          and x.contact_index = case when c.channel = 'EMAIL' then p.email_index
                              else coalesce(p.mobile_index, p.phone_index) end) as opted_out,
                exists (select from reminder_sent k
                        where k.participant_id = r.participant_id and k.last_day = r.last_day
                          and k.channel = c.channel and k.step = r.step and k.recipient_id = r.recipient_id)
                    as first_of_step,
                exists (select from reminder_sent k
                        where k.participant_id = r.participant_id and k.last_day = r.last_day
                          and k.channel = c.channel and k.step > r.step) as later_step
         from reminder_recipient r
         join reminder_campaign c on c.campaign_id = r.campaign_id
         join participant p on p.participant_id = r.participant_id
         left join renewal_item i on i.authority_id = p.authority_id and i.bhxh_number = p.bhxh_number
             and i.last_day = r.last_day
         left join agency a on a.authority_id = c.authority_id and a.agency_id = c.agency_id
         left join organization_ref o on o.organization_id = c.agency_id
         where r.recipient_id = $1
         for update of r",
    )
    .bind(recipient)
    .fetch_optional(conn)
    .await?;
    Ok(reminder)
}

/// When others of these reminders went to a contact since an instant; nobody else asks until the transaction ends.
pub(in crate::campaigns) async fn lock_sent(
    conn: &mut PgConnection,
    contact_index: &[u8],
    since: DateTime<Utc>,
    recipient: Uuid,
) -> Result<Vec<DateTime<Utc>>> {
    let sent = sqlx::query_scalar("select number_sent_to($1, $2, $3)");
    Ok(sent.bind(contact_index).bind(since).bind(recipient).fetch_one(conn).await?)
}

/// A reminder goes out, to a contact, at a cost; false when the campaign's budget does not have so much left. Given out
/// once more, it costs what is more than before.
pub(in crate::campaigns) async fn insert_sent(
    conn: &mut PgConnection,
    recipient: Uuid,
    contact_index: &[u8],
    segments: i32,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query(
        "with cost as (
             select r.campaign_id, greatest(0, $3 - coalesce(r.segments, 0)) as segments
             from reminder_recipient r where r.recipient_id = $1),
         used as (
             update reminder_campaign c set segments_used = c.segments_used + cost.segments
             from cost
             where c.campaign_id = cost.campaign_id
               and (c.budget is null or cost.segments = 0 or c.segments_used + cost.segments <= c.budget)
             returning c.campaign_id),
         noted as (
             update reminder_recipient r set segments = greatest($3, coalesce(r.segments, 0)), contact_index = $2
             from used where r.recipient_id = $1)
         insert into number_sent (recipient_id, contact_index, sent_at) select $1, $2, $4 from used
         on conflict (recipient_id) do update
            set contact_index = excluded.contact_index, sent_at = excluded.sent_at",
    )
    .bind(recipient)
    .bind(contact_index)
    .bind(segments)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A reminder's step is free for others.
pub(in crate::campaigns) async fn delete_key(conn: &mut PgConnection, recipient: Uuid) -> Result<()> {
    sqlx::query(
        "delete from reminder_sent k using reminder_recipient r, reminder_campaign c
         where r.recipient_id = $1 and c.campaign_id = r.campaign_id and k.participant_id = r.participant_id
           and k.last_day = r.last_day and k.channel = c.channel and k.step = r.step and k.recipient_id = $1",
    )
    .bind(recipient)
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets when reminders went out before an instant; answers how many.
pub(in crate::campaigns) async fn delete_old(
    conn: &mut PgConnection,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<u64> {
    let done = sqlx::query(
        "delete from number_sent where recipient_id in (
             select recipient_id from number_sent where sent_at < $1 limit $2)",
    )
    .bind(before)
    .bind(limit)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
