//! What visits remembers of organizations: who they are and where.

use anyhow::Context;
use careway_kernel::{CountryCode, OrganizationId};
use careway_service::{Call, Database, Error, Result, scoped_query};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, PgConnection};
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

/// What is known of a facility when a visit starts there.
#[derive(Debug, Clone)]
pub(crate) struct FacilityProfile {
    pub(crate) name: String,
    pub(crate) country: CountryCode,
    /// The facility's own date.
    pub(crate) today: NaiveDate,
    /// The day of service.
    pub(crate) day: NaiveDate,
    /// The payers with a contract on that day.
    pub(crate) payers: Vec<OrganizationId>,
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

/// A facility on the day of service (today there, unless given); none until identity told of it.
pub(crate) async fn find_profile(
    db: &Database,
    call: &Call,
    facility: OrganizationId,
    day: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> Result<Option<FacilityProfile>> {
    #[derive(FromRow)]
    struct Row {
        name: String,
        country: String,
        today: NaiveDate,
        day: NaiveDate,
        payers: Vec<Uuid>,
    }
    let asked = scoped_query!(
        "select name, country, here.today, here.day, array(select distinct payer_id from contract \
         where contract.facility_id = organization_id and valid @> here.day \
         order by payer_id) as payers \
         from organization_ref cross join lateral (select ($6 at time zone time_zone)::date as today, \
         coalesce($5, ($6 at time zone time_zone)::date) as day) here where organization_id = $4"
    );
    let mut rows: Vec<Row> =
        db.query_as_caller(call, asked, |asked| asked.bind(facility.uuid()).bind(day).bind(now)).await?;
    let Some(row) = rows.pop() else { return Ok(None) };
    let country = CountryCode::parse(&row.country)
        .with_context(|| format!("the country of organization {facility}"))
        .map_err(Error::internal)?;
    Ok(Some(FacilityProfile {
        name: row.name,
        country,
        today: row.today,
        day: row.day,
        payers: row.payers.into_iter().map(OrganizationId::from_uuid).collect(),
    }))
}

/// The organization's own date; in UTC until identity told where it is.
pub(crate) async fn today(
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

/// Day and minute of an instant where the organization is; in UTC until identity told where that is.
pub(crate) async fn local_minute(
    conn: &mut PgConnection,
    organization: OrganizationId,
    at: DateTime<Utc>,
) -> Result<String> {
    let minute = sqlx::query_scalar(
        "select to_char($2 at time zone coalesce((
            select time_zone from organization_ref where organization_id = $1), 'UTC'), 'YYYY-MM-DD HH24:MI')",
    );
    Ok(minute.bind(organization.uuid()).bind(at).fetch_one(conn).await?)
}

/// The name of an organization, once identity told of it.
pub(crate) async fn find_name(
    conn: &mut PgConnection,
    organization: OrganizationId,
) -> Result<Option<String>> {
    let name = sqlx::query_scalar("select name from organization_ref where organization_id = $1")
        .bind(organization.uuid())
        .fetch_optional(conn)
        .await?;
    Ok(name)
}
