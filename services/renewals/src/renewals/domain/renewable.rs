//! Which cards can be renewed together, and which renewal can be taken back.

use careway_kernel::{OrganizationId, ParticipantId, RenewalItemId};
use chrono::{DateTime, NaiveDate, Utc};

use super::{RenewalRefusal, days_left};

/// A card that somebody wants to renew, as it stands under the lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Card {
    pub(crate) item: RenewalItemId,
    pub(crate) participant: ParticipantId,
    pub(crate) authority: OrganizationId,
    /// Empty when none is known: such a person is a household alone.
    pub(crate) household: String,
    pub(crate) last_day: NaiveDate,
    pub(crate) renewed: bool,
    /// Moved or deceased.
    pub(crate) gone: bool,
}

/// Checks that all of the cards can be renewed together by a payment of this day.
pub(crate) fn check_cards(
    cards: &[Card],
    paid_on: NaiveDate,
    earliest_days: i64,
) -> Result<(), RenewalRefusal> {
    for card in cards {
        if card.renewed {
            return Err(RenewalRefusal::RenewedAlready(card.item));
        }
        if card.gone {
            return Err(RenewalRefusal::PersonGone(card.item));
        }
        if days_left(paid_on, card.last_day) > earliest_days {
            return Err(RenewalRefusal::TooEarly { item: card.item, days: earliest_days });
        }
    }
    let [first, others @ ..] = cards else { return Ok(()) };
    // Two authorities may write households alike.
    let household = |card: &Card| (card.authority, card.household.clone());
    let is_one = |card: &Card| !first.household.is_empty() && household(card) == household(first);
    if others.iter().all(is_one) { Ok(()) } else { Err(RenewalRefusal::SeveralHouseholds) }
}

/// Checks that a renewal of then can be taken back now, the card having ended on `renewed_to` since.
pub(crate) fn check_undo(
    renewed_at: DateTime<Utc>,
    now: DateTime<Utc>,
    undo_days: i64,
    renewed_to: NaiveDate,
    last_day: NaiveDate,
) -> Result<(), RenewalRefusal> {
    if now - renewed_at > chrono::Duration::days(undo_days) {
        return Err(RenewalRefusal::UndoTooLate(undo_days));
    }
    if last_day > renewed_to { Err(RenewalRefusal::RenewedAgain) } else { Ok(()) }
}
