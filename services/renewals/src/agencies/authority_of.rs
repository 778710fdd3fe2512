//! Which authority an agency means: the only one that appointed it, unless it says which.

use careway_kernel::OrganizationId;
use careway_service::{Error, Result};
use sqlx::PgConnection;

use super::{domain::SeveralAuthorities, store};

/// The authority that the agency asks about.
///
/// # Errors
/// A violation when several appointed it and it does not say which; 404 when the one it says, or any, has not.
pub(crate) async fn authority_of(
    conn: &mut PgConnection,
    agency: OrganizationId,
    asked: Option<OrganizationId>,
) -> Result<OrganizationId> {
    let authorities = store::list_authorities(conn, agency).await?;
    match (asked, authorities.as_slice()) {
        (Some(asked), known) if known.contains(&asked) => Ok(asked),
        (None, [only]) => Ok(*only),
        (None, [_, _, ..]) => Err(SeveralAuthorities.into()),
        _ => Err(Error::not_found("authority")),
    }
}
