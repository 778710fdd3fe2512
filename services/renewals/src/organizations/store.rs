//! What renewals remembers of organizations: who they are and where.

use careway_kernel::{CountryCode, OrganizationId};
use careway_service::{Error, Result};
use chrono::{DateTime, NaiveDate, Utc};
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
        "insert into organization_ref (organization_id, kind, name, country, time_zone, locale, version) \
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (organization_id) do update set \
         kind = excluded.kind, name = excluded.name, country = excluded.country, time_zone = excluded.time_zone, \
         locale = excluded.locale, version = excluded.version \
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

/// The organization's own date; in UTC until identity told where it is.
pub(crate) async fn get_today(
    conn: &mut PgConnection,
    organization: OrganizationId,
    now: DateTime<Utc>,
) -> Result<NaiveDate> {
    let today = sqlx::query_scalar(
        "select ($2 at time zone coalesce((
            select time_zone from organization_ref where organization_id = $1), 'UTC'))::date",
    );
    Ok(today.bind(organization.uuid()).bind(now).fetch_one(conn).await?)
}

/// The organization's country; Vietnam's until identity told where it is.
pub(crate) async fn get_country(
    conn: &mut PgConnection,
    organization: OrganizationId,
) -> Result<CountryCode> {
    let known: Option<String> =
        sqlx::query_scalar("select country from organization_ref where organization_id = $1")
            .bind(organization.uuid())
            .fetch_optional(conn)
            .await?;
    known.map_or(Ok(CountryCode::VN), |code| CountryCode::parse(&code).map_err(Error::internal))
}

/// Who runs the platform; none until identity told.
pub(crate) async fn find_operator(conn: &mut PgConnection) -> Result<Option<OrganizationId>> {
    let operator: Option<Uuid> = sqlx::query_scalar(
        "select organization_id from organization_ref where kind = 'PLATFORM' order by organization_id limit 1",
    )
    .fetch_optional(conn)
    .await?;
    Ok(operator.map(OrganizationId::from_uuid))
}
