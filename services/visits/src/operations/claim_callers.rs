//! A claim as a command finds it: locked with its visit, for one of its parties.

use careway_kernel::{ClaimId, OrganizationId};
use careway_service::{Error, Result, Transaction};
use chrono::NaiveDate;

use crate::{domain::claim::Claim, store};

/// The claim, and the day it is for the payer.
pub(super) async fn locked(
    tx: &mut Transaction,
    id: ClaimId,
    party: OrganizationId,
) -> Result<(Claim, NaiveDate)> {
    let now = tx.now();
    store::claim::lock_claim(tx, id, party, now).await?.ok_or(Error::not_found("claim"))
}

/// The facility's own claim.
pub(super) async fn locked_of(
    tx: &mut Transaction,
    id: ClaimId,
    facility: OrganizationId,
) -> Result<(Claim, NaiveDate)> {
    let (claim, today) = locked(tx, id, facility).await?;
    if claim.visit.facility == facility { Ok((claim, today)) } else { Err(Error::not_found("claim")) }
}
