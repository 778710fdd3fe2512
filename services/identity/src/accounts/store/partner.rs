//! Which organization an interest form became.

use careway_kernel::OrganizationId;
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// The organization that was registered for a form.
pub(crate) async fn find_registered(conn: &mut PgConnection, form: Uuid) -> Result<Option<OrganizationId>> {
    let id: Option<Uuid> =
        sqlx::query_scalar("select organization_id from partner_registration where interest_form_id = $1")
            .bind(form)
            .fetch_optional(conn)
            .await?;
    Ok(id.map(OrganizationId::from_uuid))
}

/// Makes whoever registers for the same form wait until this transaction is over.
pub(crate) async fn lock_form(conn: &mut PgConnection, form: Uuid) -> Result<()> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('interest form ' || $1::text, 0))")
        .bind(form)
        .execute(conn)
        .await?;
    Ok(())
}

/// Keeps which organization a form became.
pub(crate) async fn insert_registered(
    conn: &mut PgConnection,
    form: Uuid,
    organization: OrganizationId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "insert into partner_registration (interest_form_id, organization_id, created_at) values ($1, $2, $3)",
    )
    .bind(form)
    .bind(organization.uuid())
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}
