//! A card was renewed: the member's cover is extended, once for each renewal, and renewals is told. Taken back, the cover ends.

use careway_contract::{
    renewals::v1::{CardRenewed, RenewalUndone},
    visits::v1::{RenewalCovered, RenewalNotCovered},
};
use careway_events::{Fact, Received, record};
use careway_kernel::{CoverageId, MemberNumber, OrganizationId, RenewalId, parse_date};
use careway_service::{Call, Error, Result, Transaction};

use super::{
    change::record_change,
    domain::{CoverageStatus, TerminationReason, undone_last_day},
    store::{
        self,
        renewal_cover::{
            Extension, RenewedCard, insert_extension, insert_renewed_card, is_used, lock_waiting,
            update_renewal_undone, update_renewed_card,
        },
    },
};
use crate::{App, organizations};

pub(crate) async fn card_renewed(
    app: &App,
    tx: &mut Transaction,
    event: Received<CardRenewed>,
) -> Result<()> {
    let CardRenewed { renewal_id, authority_id, member_number, from, to, .. } = event.message;
    let card = RenewedCard {
        renewal: RenewalId::parse(&renewal_id).map_err(Error::internal)?,
        payer: OrganizationId::parse(&authority_id).map_err(Error::internal)?,
        number: MemberNumber::parse(&member_number).map_err(Error::internal)?,
        from: parse_date(&from).map_err(Error::internal)?,
        to: parse_date(&to).map_err(Error::internal)?,
    };
    if insert_renewed_card(tx, &card).await? {
        extend(app, tx, &card).await?;
    }
    Ok(())
}

/// A member of this number is known from now on: whatever was renewed for them before is covered.
pub(super) async fn extend_waiting(
    app: &App,
    tx: &mut Transaction,
    payer: OrganizationId,
    number: &MemberNumber,
) -> Result<()> {
    for card in lock_waiting(tx, payer, number).await? {
        extend(app, tx, &card).await?;
    }
    Ok(())
}

async fn extend(app: &App, tx: &mut Transaction, card: &RenewedCard) -> Result<()> {
    let now = tx.now();
    let extension = insert_extension(tx, CoverageId::new(&app.clock), card, now).await?;
    let (renewal_id, payer_id) = (card.renewal.to_string(), card.payer.to_string());
    let reason = match &extension {
        Extension::Covered(coverage) => {
            let version = update_renewed_card(tx, card.renewal, "COVERED", Some(coverage.id)).await?;
            record_change(tx, &Call::system("card-renewed"), "coverage.extend", coverage);
            let told = RenewalCovered { renewal_id, payer_id, coverage_id: coverage.id.to_string() };
            record(tx, Fact::new(told).about(card.renewal.uuid(), version).of(card.payer));
            return Ok(());
        }
        Extension::NoMember => "NO_MEMBER",
        Extension::NoPlan => "NO_PLAN",
        Extension::Overlaps => "OVERLAPS",
    };
    let state = if matches!(extension, Extension::NoMember) { "WAITING" } else { "NOT_COVERED" };
    let version = update_renewed_card(tx, card.renewal, state, None).await?;
    let told = RenewalNotCovered { renewal_id, payer_id, reason: reason.to_owned() };
    record(tx, Fact::new(told).about(card.renewal.uuid(), version).of(card.payer));
    Ok(())
}

pub(crate) async fn renewal_undone(
    _: &App,
    tx: &mut Transaction,
    event: Received<RenewalUndone>,
) -> Result<()> {
    let renewal = RenewalId::parse(&event.message.renewal_id).map_err(Error::internal)?;
    let payer = OrganizationId::parse(&event.message.authority_id).map_err(Error::internal)?;
    let Some(extended) = update_renewal_undone(tx, renewal, payer).await? else { return Ok(()) };
    let Some(coverage) = store::lock_coverage(tx, payer, extended).await? else { return Ok(()) };
    if matches!(coverage.status, CoverageStatus::Terminated | CoverageStatus::Replaced) {
        return Ok(());
    }
    let now = tx.now();
    let today = organizations::store::today(tx, payer, now).await?;
    let last_day = undone_last_day(&coverage, today, is_used(tx, extended).await?);
    let ended = coverage.terminate(last_day, TerminationReason::EnteredInError)?;
    store::update_coverage(tx, &ended).await?;
    record_change(tx, &Call::system("renewal-undone"), "coverage.undo", &ended);
    Ok(())
}
