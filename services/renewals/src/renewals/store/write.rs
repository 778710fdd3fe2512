//! What a payment, an undoing and an answer about the cover write: each in one statement, the feed's number last.

use careway_kernel::{ContributionId, OrganizationId, ParticipantId, RenewalId, RenewalItemId};
use careway_service::Result;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Standing;
use crate::renewals::domain::Cover;

/// What a household paid.
#[derive(Debug, Clone)]
pub(crate) struct NewContribution {
    pub(crate) id: ContributionId,
    pub(crate) authority: OrganizationId,
    pub(crate) agency: OrganizationId,
    pub(crate) household: String,
    pub(crate) receipt_number: String,
    pub(crate) months: i32,
    pub(crate) paid_on: NaiveDate,
    pub(crate) amount: i64,
    pub(crate) by: String,
    pub(crate) at: DateTime<Utc>,
    pub(crate) renewals: Vec<NewRenewal>,
}

/// A card renewed by it.
#[derive(Debug, Clone)]
pub(crate) struct NewRenewal {
    pub(crate) id: RenewalId,
    pub(crate) item: RenewalItemId,
    pub(crate) participant: ParticipantId,
    pub(crate) rank: u32,
    pub(crate) amount: i64,
    pub(crate) from: NaiveDate,
    pub(crate) to: NaiveDate,
}

/// Keeps a payment with all its renewals. `contribution_receipt_once` when the agency has used the receipt number,
/// `renewal_item_renewed_once` when a card is renewed already.
pub(crate) async fn insert_renewals(conn: &mut PgConnection, paid: &NewContribution) -> sqlx::Result<()> {
    let renewals = &paid.renewals;
    sqlx::query(
        "with paid as (
            insert into contribution (contribution_id, authority_id, agency_id, household, receipt_number, months, paid_on,
                amount, taken_by, taken_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ), renewed as (
            insert into renewal (renewal_id, renewal_item_id, contribution_id, participant_id, authority_id, agency_id,
                household, paid_on, rank, amount, valid_from, valid_to, state, cover, renewed_by, renewed_at)
            select card.*, 'RENEWED', 'PENDING', $9, $10 from (
                select renewal_id, item, $1::uuid, participant, $2::uuid, $3::uuid, $4::text, $7::date, rank, amount, starts, ends
                from unnest($11::uuid[], $12::uuid[], $13::uuid[], $14::int[], $15::bigint[], $16::date[], $17::date[])
                    card (renewal_id, item, participant, rank, amount, starts, ends)) card
            returning renewal_id, renewal_item_id, participant_id, valid_from, valid_to
         ), item as (
            update renewal_item i set renewal_id = renewed.renewal_id, version = i.version + 1
            from renewed where i.renewal_item_id = renewed.renewal_item_id
         ), period as (
            insert into card_period (participant_id, valid_from, valid_to, renewal_id)
            select participant_id, valid_from, valid_to, renewal_id from renewed
         ), person as (
            update participant p set last_day = renewed.valid_to, result = 'RENEWED', version = p.version + 1,
                updated_at = $10
            from renewed where p.participant_id = renewed.participant_id
         ), feed as (
            insert into renewal_feed as f (authority_id, last) select $2, count(*) from renewed
            on conflict (authority_id) do update set last = f.last + excluded.last returning f.last
         )
         insert into renewal_change (authority_id, number, agency_id, renewal_id, change, changed_at)
         select $2, feed.last - cardinality($11::uuid[]) + card.place, $3, card.renewal_id, 'RENEWED', $10
         from feed, unnest($11::uuid[]) with ordinality card (renewal_id, place)",
    )
    .bind(paid.id.uuid())
    .bind(paid.authority.uuid())
    .bind(paid.agency.uuid())
    .bind(&paid.household)
    .bind(&paid.receipt_number)
    .bind(paid.months)
    .bind(paid.paid_on)
    .bind(paid.amount)
    .bind(&paid.by)
    .bind(paid.at)
    .bind(renewals.iter().map(|card| card.id.uuid()).collect::<Vec<_>>())
    .bind(renewals.iter().map(|card| card.item.uuid()).collect::<Vec<_>>())
    .bind(renewals.iter().map(|card| card.participant.uuid()).collect::<Vec<_>>())
    .bind(renewals.iter().map(|card| card.rank.cast_signed()).collect::<Vec<_>>())
    .bind(renewals.iter().map(|card| card.amount).collect::<Vec<_>>())
    .bind(renewals.iter().map(|card| card.from).collect::<Vec<_>>())
    .bind(renewals.iter().map(|card| card.to).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a renewal back: the card ends with the latest period that is left, and the item is open again, at whoever collects
/// for it by now.
pub(crate) async fn update_undone(
    conn: &mut PgConnection,
    (authority, item): (OrganizationId, RenewalItemId),
    standing: &Standing,
    (by, reason): (&str, &str),
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "with undone as (
            update renewal set state = 'UNDONE', undone_by = $3, undo_reason = $4, undone_at = $5, version = version + 1
            where renewal_id = $1 returning participant_id
         ), item as (
            update renewal_item set renewal_id = null, agency_id = $8, version = version + 1 where renewal_item_id = $2
         ), period as (
            delete from card_period where renewal_id = $1
         ), person as (
            update participant p set result = 'NOT_CONTACTED', version = p.version + 1, updated_at = $5,
                last_day = (select max(c.valid_to) from card_period c
                    where c.participant_id = p.participant_id and c.renewal_id is distinct from $1)
            where p.participant_id = (select participant_id from undone)
         ), feed as (
            insert into renewal_feed as f (authority_id, last) select $6, 1 from undone
            on conflict (authority_id) do update set last = f.last + 1 returning f.last
         )
         insert into renewal_change (authority_id, number, agency_id, renewal_id, change, changed_at)
         select $6, feed.last, $7, $1, 'UNDONE', $5 from feed",
    )
    .bind(standing.renewal_id)
    .bind(item.uuid())
    .bind(by)
    .bind(reason)
    .bind(now)
    .bind(authority.uuid())
    .bind(standing.agency_id)
    .bind(standing.collects)
    .execute(conn)
    .await?;
    Ok(())
}

/// What visits said of a renewal's cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CoverAnswer<'a> {
    /// Extended by this coverage.
    Covered(Uuid),
    /// Not extended, for this reason.
    NotCovered(&'a str),
}

/// Keeps what visits said of the cover of a renewal that stands.
pub(crate) async fn update_cover(
    conn: &mut PgConnection,
    renewal: RenewalId,
    answer: CoverAnswer<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let (cover, reason, coverage) = match answer {
        CoverAnswer::Covered(coverage) => (Cover::Covered, None, Some(coverage)),
        CoverAnswer::NotCovered(reason) => (Cover::NotCovered, Some(reason), None),
    };
    sqlx::query(
        "with told as (
            update renewal set cover = $2, cover_reason = $3, coverage_id = $4, version = version + 1
            where renewal_id = $1 and state = 'RENEWED' and cover <> 'COVERED'
            returning renewal_id, renewal_item_id, authority_id, agency_id
         ), item as (
            update renewal_item i set version = i.version + 1
            from told where i.renewal_item_id = told.renewal_item_id
         ), feed as (
            insert into renewal_feed as f (authority_id, last) select authority_id, 1 from told
            on conflict (authority_id) do update set last = f.last + 1 returning f.last
         )
         insert into renewal_change (authority_id, number, agency_id, renewal_id, change, changed_at)
         select told.authority_id, feed.last, told.agency_id, told.renewal_id, $2, $5 from told, feed",
    )
    .bind(renewal.uuid())
    .bind(cover.as_str())
    .bind(reason)
    .bind(coverage)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}
