//! What channels remembers of organizations: who they are and where.

use careway_kernel::OrganizationId;
use careway_service::{OrganizationKind, Result};
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

/// What an organization is called, and which clock it reads.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Shown {
    pub(crate) name: String,
    pub(crate) time_zone: String,
}

/// Keeps what identity told, unless something newer is known. How the organization was shown until now; none when nothing was kept, and
/// of one that was not known.
pub(crate) async fn upsert_organization(
    conn: &mut PgConnection,
    known: &OrganizationRef,
) -> Result<Option<Shown>> {
    let before: Option<Shown> = sqlx::query_as(
        "with before as (select name, time_zone from organization_ref where organization_id = $1),
         kept as (
            insert into organization_ref (organization_id, kind, name, country, time_zone, locale, version)
            values ($1, $2, $3, $4, $5, $6, $7) on conflict (organization_id) do update set
            kind = excluded.kind, name = excluded.name, country = excluded.country, time_zone = excluded.time_zone,
            locale = excluded.locale, version = excluded.version
            where organization_ref.version < excluded.version
            returning 1)
         select before.name, before.time_zone from before, kept",
    )
    .bind(known.organization_id)
    .bind(&known.kind)
    .bind(&known.name)
    .bind(&known.country)
    .bind(&known.time_zone)
    .bind(&known.locale)
    .bind(known.version)
    .fetch_optional(conn)
    .await?;
    Ok(before)
}

/// What kind of organization it is; none when identity did not tell of it.
pub(crate) async fn find_kind(
    conn: &mut PgConnection,
    organization: OrganizationId,
) -> Result<Option<OrganizationKind>> {
    let kind: Option<String> =
        sqlx::query_scalar("select kind from organization_ref where organization_id = $1")
            .bind(organization.uuid())
            .fetch_optional(conn)
            .await?;
    Ok(kind.as_deref().and_then(OrganizationKind::parse))
}
