//! What renewals says: a card was renewed, or a renewal taken back.

use careway_contract::renewals::v1::{CardRenewed, RenewalUndone};
use careway_events::{Fact, record};
use careway_kernel::OrganizationId;
use careway_service::Transaction;
use uuid::Uuid;

use super::store::NewContribution;

/// Says of each card that it was renewed. `numbers` has the BHXH number of each, in their order.
pub(super) fn record_renewed(tx: &mut Transaction, paid: &NewContribution, numbers: &[String]) {
    for (card, number) in paid.renewals.iter().zip(numbers) {
        let fact = CardRenewed {
            renewal_id: card.id.to_string(),
            authority_id: paid.authority.to_string(),
            member_number: number.clone(),
            from: card.from.to_string(),
            to: card.to.to_string(),
            agency_id: paid.agency.to_string(),
        };
        record(tx, Fact::new(fact).about(card.id.uuid(), 1).of(paid.authority).also(paid.agency));
    }
}

/// Says that a renewal was taken back.
pub(super) fn record_undone(
    tx: &mut Transaction,
    renewal: Uuid,
    authority: OrganizationId,
    agency: OrganizationId,
) {
    let fact = RenewalUndone {
        renewal_id: renewal.to_string(),
        authority_id: authority.to_string(),
        agency_id: agency.to_string(),
    };
    record(tx, Fact::new(fact).about(renewal, 2).of(authority).also(agency));
}
