//! What a quote, a payment or an undoing is decided by; of the last two read under their locks.

use careway_kernel::{OrganizationId, RenewalItemId};
use careway_service::Result;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::{Paid, RenewalRow};
use crate::{participants::domain::ContactResult, renewal_settings::domain::RenewalSettings};

/// The facts of some renewals.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Facts {
    /// In the order in which they were asked for.
    pub(crate) cards: Vec<LockedCard>,
    /// Who of the household paid in that year already.
    pub(crate) payers: Vec<Payer>,
    /// Those of the authority; none before it has set any.
    pub(crate) settings: Option<RenewalSettings>,
    /// The agency's day.
    pub(crate) today: NaiveDate,
}

/// A card and its participant.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct LockedCard {
    pub(crate) renewal_item_id: Uuid,
    pub(crate) authority_id: Uuid,
    pub(crate) agency_id: Uuid,
    pub(crate) version: i64,
    pub(crate) renewed: bool,
    pub(crate) last_day: NaiveDate,
    pub(crate) participant_id: Uuid,
    pub(crate) bhxh_number: String,
    pub(crate) full_name: String,
    pub(crate) household: String,
    pub(crate) result: ContactResult,
}

/// Who paid, and at which rank.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Payer {
    pub(crate) participant: Uuid,
    pub(crate) rank: u32,
}

/// The renewal that stands of an item.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Standing {
    pub(crate) renewal_id: Uuid,
    pub(crate) renewed_at: DateTime<Utc>,
    pub(crate) valid_to: NaiveDate,
    /// Who took the contribution.
    pub(crate) agency_id: Uuid,
    /// The last day that the participant's card has by now.
    pub(crate) card_ends: NaiveDate,
    /// Who collects for the card by now, should it be open again.
    pub(crate) collects: Uuid,
}

impl Facts {
    /// A card as the renewal it is after its change: renewed so, or open again.
    pub(crate) fn changed(&self, card: &LockedCard, result: ContactResult, paid: Option<Paid>) -> RenewalRow {
        let settings = self.settings.as_ref();
        RenewalRow {
            item: card.renewal_item_id,
            agency: card.agency_id,
            last_day: card.last_day,
            version: card.version + 1,
            participant: card.participant_id,
            bhxh_number: card.bhxh_number.clone(),
            full_name: card.full_name.clone(),
            given_name_first: String::new(),
            household: card.household.clone(),
            result,
            today: self.today,
            paid,
            window_days: settings.map(|settings| settings.window_days),
            lapsed_days: settings.map(|settings| settings.lapsed_days),
        }
    }
}

/// The facts of the party's renewals. `year` has the first and the last day of the year of payment.
pub(crate) async fn get_facts(
    conn: &mut PgConnection,
    party: OrganizationId,
    items: &[RenewalItemId],
    year: (NaiveDate, NaiveDate),
    now: DateTime<Utc>,
) -> Result<Facts> {
    let facts = sqlx::query_scalar::<_, Json<Facts>>("select renewal_facts($1, $2, $3, $4, $5)")
        .bind(items.iter().map(|item| item.uuid()).collect::<Vec<_>>())
        .bind(party.uuid())
        .bind(year.0)
        .bind(year.1)
        .bind(now);
    Ok(facts.fetch_one(conn).await?.0)
}

/// The same, with their households locked: two payments of one household wait for each other.
pub(crate) async fn lock_facts(
    conn: &mut PgConnection,
    party: OrganizationId,
    items: &[RenewalItemId],
    year: (NaiveDate, NaiveDate),
    now: DateTime<Utc>,
) -> Result<Facts> {
    let facts = sqlx::query_scalar::<_, Json<Facts>>("select renewal_lock($1, $2, $3, $4, $5)")
        .bind(items.iter().map(|item| item.uuid()).collect::<Vec<_>>())
        .bind(party.uuid())
        .bind(year.0)
        .bind(year.1)
        .bind(now);
    Ok(facts.fetch_one(conn).await?.0)
}

/// The facts of the authority's renewal and what stands of it, locked.
pub(crate) async fn lock_standing(
    conn: &mut PgConnection,
    authority: OrganizationId,
    item: RenewalItemId,
    now: DateTime<Utc>,
) -> Result<(Facts, Option<Standing>)> {
    let (Json(facts), standing): (Json<Facts>, Option<Json<Standing>>) =
        sqlx::query_as("select facts, standing from renewal_lock_standing($1, $2, $3)")
            .bind(item.uuid())
            .bind(authority.uuid())
            .bind(now)
            .fetch_one(conn)
            .await?;
    Ok((facts, standing.map(|Json(standing)| standing)))
}
