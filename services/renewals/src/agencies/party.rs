//! As whom a caller sees what agencies do for authorities.

use careway_service::{Call, Error, OrganizationKind, Result, SharedReason};

use super::domain::Party;

/// The party that the caller acts for.
///
/// # Errors
/// `WRONG_ORGANIZATION_KIND` for whoever is neither.
pub(crate) fn party(call: &Call) -> Result<Party> {
    let organization = call.caller.organization()?;
    match call.caller.kind() {
        Some(OrganizationKind::Agency) => Ok(Party::Agency(organization)),
        Some(OrganizationKind::Authority) => Ok(Party::Authority(organization)),
        _ => Err(Error::new(SharedReason::WrongOrganizationKind, "This is for agencies and authorities.")),
    }
}
