//! What is told of a renewal.

use careway_kernel::RenewalId;
use careway_service::Result;
use sqlx::{FromRow, PgConnection};

/// A renewal as its agency knows it.
#[derive(FromRow)]
pub(crate) struct ToldRenewal {
    pub(crate) state: String,
    pub(crate) receipt_number: String,
    /// What the authority is called.
    pub(crate) authority: String,
}

/// Where a renewal stands, and under which receipt the agency made it.
pub(crate) async fn find_told(conn: &mut PgConnection, id: RenewalId) -> Result<Option<ToldRenewal>> {
    let told = sqlx::query_as(
        "select r.state, c.receipt_number, coalesce(o.name, '') as authority
         from renewal r
         join contribution c on c.contribution_id = r.contribution_id
         left join organization_ref o on o.organization_id = r.authority_id
         where r.renewal_id = $1",
    );
    Ok(told.bind(id.uuid()).fetch_optional(conn).await?)
}
