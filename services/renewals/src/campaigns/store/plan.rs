//! Who is at a step of a campaign: counted, and planned a page at a time.

use careway_kernel::{CampaignId, OrganizationId};
use careway_service::Result;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, PgConnection, types::Json};
use uuid::Uuid;

use super::row::CampaignRow;
use crate::campaigns::domain::{Campaign, plan::DayCards, steps::StepRange};

/// Where an agency's list is looked at: its zone, and how far it reaches when the authority has said so.
#[derive(FromRow)]
pub(in crate::campaigns) struct Place {
    pub(in crate::campaigns) time_zone: Option<String>,
    pub(in crate::campaigns) window_days: Option<i32>,
    pub(in crate::campaigns) lapsed_days: Option<i32>,
    pub(in crate::campaigns) agency_code: String,
    pub(in crate::campaigns) agency_name: Option<String>,
}

/// A campaign with its place.
#[derive(FromRow)]
struct PlacedRow {
    #[sqlx(flatten)]
    campaign: CampaignRow,
    #[sqlx(flatten)]
    place: Place,
}

/// The same with the cards of its list.
#[derive(FromRow)]
struct CountedRow {
    #[sqlx(flatten)]
    placed: PlacedRow,
    days: Json<Vec<DayCards>>,
}

/// A page that was planned: where it ended.
#[derive(FromRow)]
pub(in crate::campaigns) struct PlannedPage {
    pub(in crate::campaigns) cards: i64,
    pub(in crate::campaigns) last_day: NaiveDate,
    pub(in crate::campaigns) participant_id: Uuid,
}

/// Ranges as three lists, as statements take them.
pub(super) fn lists(ranges: &[StepRange]) -> (Vec<i32>, Vec<NaiveDate>, Vec<NaiveDate>) {
    let steps = ranges.iter().map(|range| range.step).collect();
    let first = ranges.iter().map(|range| range.first).collect();
    (steps, first, ranges.iter().map(|range| range.last).collect())
}

/// What is known of the place of the campaign `c`: its columns, and the tables that have them.
macro_rules! place {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            "o.time_zone, (s.settings->>'window_days')::int as window_days,
                (s.settings->>'lapsed_days')::int as lapsed_days, a.code as agency_code, o.name as agency_name
         from reminder_campaign c
         join agency a on a.authority_id = c.authority_id and a.agency_id = c.agency_id
         left join organization_ref o on o.organization_id = c.agency_id
         left join renewal_settings s on s.authority_id = c.authority_id ",
            $after
        )
    };
}

/// The cards of the list of the campaign `c` that end from `$2` to `$3`: how many have had which reminder.
macro_rules! days {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            "(select p.last_day, k.reminded, count(*) as cards
             from participant p
             join renewal_item i on i.authority_id = p.authority_id and i.bhxh_number = p.bhxh_number
                 and i.last_day = p.last_day and i.agency_id = p.agency_id and i.renewal_id is null
             left join lateral (
                 select max(k.step) as reminded from reminder_sent k
                 where k.participant_id = p.participant_id and k.last_day = p.last_day and k.channel = c.channel) k on true
             where p.authority_id = c.authority_id and p.agency_id = c.agency_id and p.last_day between $2 and $3
             group by p.last_day, k.reminded)",
            $after
        )
    };
}

/// Where the campaign's agency is, and what its authority has said of the list.
pub(in crate::campaigns) async fn get_place(conn: &mut PgConnection, id: CampaignId) -> Result<Place> {
    let place = sqlx::query_as(place!("select ", "where c.campaign_id = $1"));
    Ok(place.bind(id.uuid()).fetch_one(conn).await?)
}

/// A campaign of the agency or for the authority, locked, and where it is.
pub(in crate::campaigns) async fn lock_placed(
    conn: &mut PgConnection,
    party: OrganizationId,
    id: CampaignId,
) -> Result<Option<(Campaign, Place)>> {
    let row: Option<PlacedRow> = sqlx::query_as(place!(
        "select c.*, ",
        "where c.campaign_id = $1 and (c.agency_id = $2 or c.authority_id = $2) for update of c"
    ))
    .bind(id.uuid())
    .bind(party.uuid())
    .fetch_optional(conn)
    .await?;
    row.map(|row| Ok((row.campaign.try_into()?, row.place))).transpose()
}

/// The same, with the cards of its list that end from one day to another.
pub(in crate::campaigns) async fn lock_with_cards(
    conn: &mut PgConnection,
    party: OrganizationId,
    id: CampaignId,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<Option<(Campaign, Place, Vec<DayCards>)>> {
    let row: Option<CountedRow> = sqlx::query_as(concat!(
        "select c.*, (select coalesce(json_agg(day), '[]') from ",
        days!("", " day) as days, "),
        place!("", "where c.campaign_id = $1 and (c.agency_id = $4 or c.authority_id = $4) for update of c")
    ))
    .bind(id.uuid())
    .bind(first)
    .bind(last)
    .bind(party.uuid())
    .fetch_optional(conn)
    .await?;
    row.map(|row| Ok((row.placed.campaign.try_into()?, row.placed.place, row.days.0))).transpose()
}

/// The cards of the campaign's list that end from one day to another.
pub(in crate::campaigns) async fn list_days(
    conn: &mut PgConnection,
    id: CampaignId,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<Vec<DayCards>> {
    let days = sqlx::query_scalar(days!(
        "select to_jsonb(day) from reminder_campaign c cross join lateral ",
        " day where c.campaign_id = $1"
    ));
    let days: Vec<Json<DayCards>> = days.bind(id.uuid()).bind(first).bind(last).fetch_all(conn).await?;
    Ok(days.into_iter().map(|Json(day)| day).collect())
}

/// Plans the next cards of the agency after a place: each at its step, once ever, in place of the earlier steps that were
/// missed. None when there are no more.
pub(in crate::campaigns) async fn insert_page(
    conn: &mut PgConnection,
    campaign: &Campaign,
    ranges: &[StepRange],
    (after_day, after): (NaiveDate, Uuid),
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Option<PlannedPage>> {
    let (steps, first, last) = lists(ranges);
    let page = sqlx::query_as(
        "with page as materialized (
             select p.participant_id, p.last_day, p.bhxh_number from participant p
             where p.authority_id = $2 and p.agency_id = $3 and (p.last_day, p.participant_id) > ($4, $5)
               and p.last_day <= (select max(final_day) from unnest($8::date[]) as final_day)
             order by p.last_day, p.participant_id limit $11),
         chosen as (
             select page.participant_id, page.last_day, s.step
             from page
             join unnest($6::int[], $7::date[], $8::date[]) s (step, first_day, final_day)
                 on page.last_day between s.first_day and s.final_day
             join renewal_item i on i.authority_id = $2 and i.bhxh_number = page.bhxh_number
                 and i.last_day = page.last_day and i.agency_id = $3 and i.renewal_id is null
             where not exists (
                 select from reminder_sent k
                 where k.participant_id = page.participant_id and k.last_day = page.last_day and k.channel = $9
                   and k.step >= s.step)),
         taken as (
             insert into reminder_sent (participant_id, last_day, channel, step, recipient_id)
             select participant_id, last_day, $9, step, reminder_id($10) from chosen
             on conflict do nothing
             returning participant_id, last_day, step, recipient_id),
         made as (
             insert into reminder_recipient (recipient_id, campaign_id, participant_id, last_day, step, superseded,
                state, planned_at)
             select t.recipient_id, $1, t.participant_id, t.last_day, t.step,
                 array(select missed from unnest($12::int[]) missed
                       where missed < t.step and missed > coalesce(before.step, missed - 1) order by missed),
                 'PLANNED', $10
             from taken t
             left join lateral (
                 select max(k.step) as step from reminder_sent k
                 where k.participant_id = t.participant_id and k.last_day = t.last_day and k.channel = $9) before
                 on true)
         select (select count(*) from page) as cards, last_day, participant_id from page
         order by last_day desc, participant_id desc limit 1",
    )
    .bind(campaign.id.uuid())
    .bind(campaign.authority.uuid())
    .bind(campaign.agency.uuid())
    .bind(after_day)
    .bind(after)
    .bind(steps)
    .bind(first)
    .bind(last)
    .bind(campaign.content.channel.as_str())
    .bind(now)
    .bind(limit)
    .bind(campaign.content.steps.as_slice())
    .fetch_optional(conn)
    .await?;
    Ok(page)
}

/// Where planning has come to; none when nothing of a day is left.
pub(in crate::campaigns) async fn find_cursor(
    conn: &mut PgConnection,
    id: CampaignId,
) -> Result<Option<(NaiveDate, Uuid)>> {
    let cursor = sqlx::query_as(
        "select plan_last_day, plan_participant_id from reminder_campaign
         where campaign_id = $1 and plan_last_day is not null",
    );
    Ok(cursor.bind(id.uuid()).fetch_optional(conn).await?)
}

/// Where planning has come to on a day; nowhere once it is done.
pub(in crate::campaigns) async fn update_cursor(
    conn: &mut PgConnection,
    id: CampaignId,
    cursor: Option<(NaiveDate, Uuid)>,
) -> Result<()> {
    sqlx::query(
        "update reminder_campaign set plan_last_day = $2, plan_participant_id = $3 where campaign_id = $1",
    )
    .bind(id.uuid())
    .bind(cursor.map(|(day, _)| day))
    .bind(cursor.map(|(_, participant)| participant))
    .execute(conn)
    .await?;
    Ok(())
}
