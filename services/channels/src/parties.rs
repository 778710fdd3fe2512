//! Whose things a caller sees: a provider and a channel those that they are a side of, Careway's staff everybody's.

use careway_kernel::OrganizationId;
use careway_service::{Caller, OrganizationKind, Result};

/// The side whose things are meant; none means all.
pub(crate) fn scope(caller: &Caller) -> Result<Option<OrganizationId>> {
    let organization = caller.organization()?;
    Ok((caller.kind() != Some(OrganizationKind::Platform)).then_some(organization))
}
