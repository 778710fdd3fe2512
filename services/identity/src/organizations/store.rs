//! Organizations and their codes.

use anyhow::Context as _;
use careway_kernel::{CountryCode, Language, Names, OrganizationId};
use careway_service::{Error, OnConstraint as _, OrganizationKind, Result};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::{Code, CodeKind, Organization, Refusal, Status, parse_time_zone};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select o.organization_id, o.kind, o.name, o.country, o.time_zone, o.locale, o.status, o.version, o.created_at, \
             array(select c.kind from organization_code c where c.organization_id = o.organization_id \
                   order by c.kind, c.value) as code_kinds, \
             array(select c.value from organization_code c where c.organization_id = o.organization_id \
                   order by c.kind, c.value) as code_values \
             from organization o ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    organization_id: Uuid,
    kind: String,
    name: String,
    country: String,
    time_zone: String,
    locale: String,
    status: String,
    version: i64,
    created_at: DateTime<Utc>,
    code_kinds: Vec<String>,
    code_values: Vec<String>,
}

impl Row {
    fn read(self) -> Result<Organization> {
        let id = self.organization_id;
        Ok(self.parse().with_context(|| format!("organization {id} cannot be read"))?)
    }

    fn parse(self) -> anyhow::Result<Organization> {
        let code = |(kind, value): (String, String)| {
            Ok(Code { kind: CodeKind::parse(&kind).context("kind of code")?, value })
        };
        Ok(Organization {
            id: OrganizationId::from_uuid(self.organization_id),
            kind: OrganizationKind::parse(&self.kind).context("kind")?,
            name: Names::parse(&self.name)?,
            country: CountryCode::parse(&self.country)?,
            time_zone: parse_time_zone(&self.time_zone)?,
            locale: Language::parse(&self.locale)?,
            status: Status::parse(&self.status).context("status")?,
            codes: self
                .code_kinds
                .into_iter()
                .zip(self.code_values)
                .map(code)
                .collect::<anyhow::Result<_>>()?,
            version: self.version,
            created_at: self.created_at,
        })
    }
}

/// The organization, if the caller may see it.
pub(crate) async fn find_organization(
    conn: &mut PgConnection,
    id: OrganizationId,
) -> Result<Option<Organization>> {
    let row: Option<Row> =
        sqlx::query_as(select!("where o.organization_id = $1")).bind(id.uuid()).fetch_optional(conn).await?;
    row.map(Row::read).transpose()
}

/// These organizations, as far as the caller may see them, by name.
pub(crate) async fn list_by_ids(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Organization>> {
    let rows: Vec<Row> =
        sqlx::query_as(select!("where o.organization_id = any($1) order by o.name, o.organization_id"))
            .bind(ids)
            .fetch_all(conn)
            .await?;
    rows.into_iter().map(Row::read).collect()
}

/// The organization with this code.
pub(crate) async fn find_by_code(conn: &mut PgConnection, code: &Code) -> Result<Option<Organization>> {
    let row: Option<Row> = sqlx::query_as(select!(
        "join organization_code k on k.organization_id = o.organization_id where k.kind = $1 and k.value = $2"
    ))
    .bind(code.kind.as_str())
    .bind(&code.value)
    .fetch_optional(conn)
    .await?;
    row.map(Row::read).transpose()
}

/// The organization, locked for a change.
pub(crate) async fn lock_organization(
    conn: &mut PgConnection,
    id: OrganizationId,
) -> Result<Option<Organization>> {
    let row: Option<Row> = sqlx::query_as(select!("where o.organization_id = $1 for no key update of o"))
        .bind(id.uuid())
        .fetch_optional(conn)
        .await?;
    row.map(Row::read).transpose()
}

/// A page of those the caller may see, by name: after `after`, of a kind, with a code.
pub(crate) async fn list_organizations(
    conn: &mut PgConnection,
    kind: Option<OrganizationKind>,
    code: Option<&str>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Organization>> {
    let rows: Vec<Row> = sqlx::query_as(select!(
        "where ($1::text is null or o.kind = $1) \
         and ($2::text is null or exists (select 1 from organization_code k \
              where k.organization_id = o.organization_id and k.value = $2)) \
         and ($3::uuid is null or (o.name, o.organization_id) > \
              (select p.name, p.organization_id from organization p where p.organization_id = $3)) \
         order by o.name, o.organization_id limit $4"
    ))
    .bind(kind.map(OrganizationKind::as_str))
    .bind(code)
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::read).collect()
}

/// Whether the platform's own organization exists. Of several replicas that start at once, one makes it; the others
/// wait here and find it.
pub(crate) async fn lock_platform(conn: &mut PgConnection) -> Result<bool> {
    sqlx::query("select pg_advisory_xact_lock(hashtext('careway platform organization'))")
        .execute(&mut *conn)
        .await?;
    Ok(sqlx::query_scalar("select exists (select 1 from organization where kind = 'PLATFORM')")
        .fetch_one(conn)
        .await?)
}

/// Keeps a new organization.
pub(crate) async fn insert_organization(conn: &mut PgConnection, organization: &Organization) -> Result<()> {
    sqlx::query(
        "insert into organization (organization_id, kind, name, country, time_zone, locale, status, version, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(organization.id.uuid())
    .bind(organization.kind.as_str())
    .bind(organization.name.as_str())
    .bind(organization.country.as_str())
    .bind(organization.time_zone.name())
    .bind(organization.locale.as_str())
    .bind(organization.status.as_str())
    .bind(organization.version)
    .bind(organization.created_at)
    .execute(&mut *conn)
    .await
    .on_constraint("organization_one_platform", || Error::violation("kind", "there is one PLATFORM already"))?;
    insert_codes(conn, organization).await
}

/// Keeps a locked organization's change. `suspended_at`: since when, if it is suspended.
pub(crate) async fn update_organization(
    conn: &mut PgConnection,
    organization: &Organization,
    suspended_at: Option<DateTime<Utc>>,
) -> Result<()> {
    sqlx::query(
        "update organization set name = $2, country = $3, time_zone = $4, locale = $5, status = $6, version = $7, \
         suspended_at = case when $6 = 'SUSPENDED' then coalesce(suspended_at, $8) end where organization_id = $1",
    )
    .bind(organization.id.uuid())
    .bind(organization.name.as_str())
    .bind(organization.country.as_str())
    .bind(organization.time_zone.name())
    .bind(organization.locale.as_str())
    .bind(organization.status.as_str())
    .bind(organization.version)
    .bind(suspended_at)
    .execute(&mut *conn)
    .await?;
    sqlx::query("delete from organization_code where organization_id = $1")
        .bind(organization.id.uuid())
        .execute(&mut *conn)
        .await?;
    insert_codes(conn, organization).await
}

async fn insert_codes(conn: &mut PgConnection, organization: &Organization) -> Result<()> {
    if organization.codes.is_empty() {
        return Ok(());
    }
    let (kinds, values): (Vec<&str>, Vec<&str>) =
        organization.codes.iter().map(|code| (code.kind.as_str(), code.value.as_str())).unzip();
    sqlx::query(
        "insert into organization_code (kind, value, organization_id) \
         select kind, value, $1 from unnest($2::text[], $3::text[]) as code (kind, value)",
    )
    .bind(organization.id.uuid())
    .bind(kinds)
    .bind(values)
    .execute(conn)
    .await
    .on_constraint("organization_code_pkey", || Refusal::CodeTaken)?;
    Ok(())
}
