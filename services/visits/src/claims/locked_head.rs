//! A claim as a command finds it: locked with its visit, for one of its parties.

use careway_kernel::{ClaimId, OrganizationId};
use careway_service::{Error, Result, Transaction};

use super::store::{self, Locked};

/// The claim of one of its parties.
pub(crate) async fn locked(tx: &mut Transaction, id: ClaimId, party: OrganizationId) -> Result<Locked> {
    let now = tx.now();
    store::lock_claim(tx, id, party, now).await?.ok_or(Error::not_found("claim"))
}

/// The facility's own claim.
pub(crate) async fn locked_of(tx: &mut Transaction, id: ClaimId, facility: OrganizationId) -> Result<Locked> {
    let found = locked(tx, id, facility).await?;
    if found.claim.visit.facility == facility { Ok(found) } else { Err(Error::not_found("claim")) }
}

/// The payer's own claim.
pub(crate) async fn locked_by(tx: &mut Transaction, id: ClaimId, payer: OrganizationId) -> Result<Locked> {
    let found = locked(tx, id, payer).await?;
    if found.claim.visit.payer == payer { Ok(found) } else { Err(Error::not_found("claim")) }
}
