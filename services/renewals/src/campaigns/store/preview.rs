//! Who would be reminded by a campaign, and what is known of them before: by group, and some of them.

use careway_service::Result;
use chrono::NaiveDate;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::plan::lists;
use crate::{
    campaigns::domain::{Campaign, steps::StepRange, suppression::Contact},
    participants::domain::ContactResult,
};

/// Cards that are alike in what is known of them before they are sent to.
#[derive(FromRow)]
pub(in crate::campaigns) struct Group {
    pub(in crate::campaigns) step: i32,
    #[sqlx(try_from = "String")]
    pub(in crate::campaigns) result: ContactResult,
    #[sqlx(try_from = "String")]
    pub(in crate::campaigns) contact: Contact,
    pub(in crate::campaigns) opted_out: bool,
    /// The step, or a later one, has its reminder.
    pub(in crate::campaigns) taken: bool,
    pub(in crate::campaigns) recipients: i64,
}

/// One card at a step.
#[derive(FromRow)]
pub(in crate::campaigns) struct Candidate {
    pub(in crate::campaigns) participant_id: Uuid,
    pub(in crate::campaigns) bhxh_number: String,
    pub(in crate::campaigns) full_name: String,
    pub(in crate::campaigns) last_day: NaiveDate,
    pub(in crate::campaigns) step: i32,
    #[sqlx(try_from = "String")]
    pub(in crate::campaigns) result: ContactResult,
    #[sqlx(try_from = "String")]
    pub(in crate::campaigns) contact: Contact,
    pub(in crate::campaigns) opted_out: bool,
    pub(in crate::campaigns) taken: bool,
}

/// The cards of the list at a step: of the authority `$1` and the agency `$2`, in the ranges `$3` to `$5`, by the channel `$6`.
macro_rules! cards {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            "(select p.participant_id, p.bhxh_number, p.full_name, p.last_day, s.step, p.result,
                 case when $6 = 'EMAIL' then
                     case when p.email is null then 'NONE' when p.email_suspect then 'SUSPECT' else 'EMAIL' end
                 else p.sms_contact end as contact,
                 exists (select from opt_out x
                         where x.authority_id = p.authority_id and x.channel = $6 and x.state = 'ACTIVE'
                           and x.contact_index = case when $6 = 'EMAIL' then p.email_index
                               else coalesce(p.mobile_index, p.phone_index) end) as opted_out,
                 exists (select from reminder_sent k
                         where k.participant_id = p.participant_id and k.last_day = p.last_day and k.channel = $6
                           and k.step >= s.step) as taken
             from unnest($3::int[], $4::date[], $5::date[]) s (step, first_day, final_day)
             join participant p on p.authority_id = $1 and p.agency_id = $2
                 and p.last_day between s.first_day and s.final_day
             join renewal_item i on i.authority_id = p.authority_id and i.bhxh_number = p.bhxh_number
                 and i.last_day = p.last_day and i.agency_id = p.agency_id and i.renewal_id is null) card",
            $after
        )
    };
}

/// The cards of the list at a step of the campaign, by what is known of them.
pub(in crate::campaigns) async fn list_groups(
    conn: &mut PgConnection,
    campaign: &Campaign,
    ranges: &[StepRange],
) -> Result<Vec<Group>> {
    let (steps, first, last) = lists(ranges);
    let groups = sqlx::query_as(cards!(
        "select step, result, contact, opted_out, taken, count(*) as recipients from ",
        " group by step, result, contact, opted_out, taken"
    ))
    .bind(campaign.authority.uuid())
    .bind(campaign.agency.uuid())
    .bind(steps)
    .bind(first)
    .bind(last)
    .bind(campaign.content.channel.as_str())
    .fetch_all(conn)
    .await?;
    Ok(groups)
}

/// Some of the cards, the next to end first.
pub(in crate::campaigns) async fn list_candidates(
    conn: &mut PgConnection,
    campaign: &Campaign,
    ranges: &[StepRange],
    limit: i64,
) -> Result<Vec<Candidate>> {
    let (steps, first, last) = lists(ranges);
    let candidates = sqlx::query_as(cards!("select * from ", " order by last_day, participant_id limit $7"))
        .bind(campaign.authority.uuid())
        .bind(campaign.agency.uuid())
        .bind(steps)
        .bind(first)
        .bind(last)
        .bind(campaign.content.channel.as_str())
        .bind(limit);
    Ok(candidates.fetch_all(conn).await?)
}

/// Some of the cards of these groups alone.
pub(in crate::campaigns) async fn list_of_groups(
    conn: &mut PgConnection,
    campaign: &Campaign,
    ranges: &[StepRange],
    groups: &[&Group],
    limit: i64,
) -> Result<Vec<Candidate>> {
    let (steps, first, last) = lists(ranges);
    let candidates = sqlx::query_as(cards!(
        "select * from ",
        " where (step, result, contact, opted_out, taken) in (
             select * from unnest($8::int[], $9::text[], $10::text[], $11::bool[], $12::bool[]))
         order by last_day, participant_id limit $7"
    ))
    .bind(campaign.authority.uuid())
    .bind(campaign.agency.uuid())
    .bind(steps)
    .bind(first)
    .bind(last)
    .bind(campaign.content.channel.as_str())
    .bind(limit)
    .bind(groups.iter().map(|group| group.step).collect::<Vec<_>>())
    .bind(groups.iter().map(|group| group.result.as_str()).collect::<Vec<_>>())
    .bind(groups.iter().map(|group| group.contact.as_str()).collect::<Vec<_>>())
    .bind(groups.iter().map(|group| group.opted_out).collect::<Vec<_>>())
    .bind(groups.iter().map(|group| group.taken).collect::<Vec<_>>())
    .fetch_all(conn)
    .await?;
    Ok(candidates)
}
