//! What cases remembers of organizations: who they are and where.

use careway_service::Result;
use sqlx::PgConnection;
use uuid::Uuid;

/// An organization as identity told of it.
#[derive(Debug, Clone)]
pub(crate) struct OrganizationRef {
    pub(crate) organization_id: Uuid,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) country: String,
    pub(crate) time_zone: String,
    pub(crate) locale: String,
    pub(crate) version: i64,
}

/// Keeps what identity told, unless something newer is known.
pub(crate) async fn upsert_organization(conn: &mut PgConnection, known: &OrganizationRef) -> Result<()> {
    sqlx::query(
        "insert into organization_ref (organization_id, kind, name, country, time_zone, locale, version)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (organization_id) do update set
         kind = excluded.kind, name = excluded.name, country = excluded.country, time_zone = excluded.time_zone,
         locale = excluded.locale, version = excluded.version
         where organization_ref.version < excluded.version",
    )
    .bind(known.organization_id)
    .bind(&known.kind)
    .bind(&known.name)
    .bind(&known.country)
    .bind(&known.time_zone)
    .bind(&known.locale)
    .bind(known.version)
    .execute(conn)
    .await?;
    Ok(())
}
