//! The table `resource`, each with its calendar.

use careway_kernel::{OrganizationId, ResourceId};
use careway_service::{Error, Result, one_of};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::domain::{Resource, ResourceKind, calendar::Calendar};

#[derive(sqlx::FromRow)]
struct Row {
    resource_id: Uuid,
    provider_id: Uuid,
    kind: String,
    name: String,
    created_at: DateTime<Utc>,
}

impl TryFrom<Row> for Resource {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: ResourceId::from_uuid(row.resource_id),
            provider: OrganizationId::from_uuid(row.provider_id),
            kind: one_of("resource.kind", &row.kind, &ResourceKind::ALL, ResourceKind::as_str)?,
            name: row.name,
            created_at: row.created_at,
        })
    }
}

/// A new resource.
pub(crate) async fn insert_resource(conn: &mut PgConnection, resource: &Resource) -> Result<()> {
    sqlx::query(
        "insert into resource (resource_id, provider_id, kind, name, created_at) values ($1, $2, $3, $4, $5)",
    )
    .bind(resource.id.uuid())
    .bind(resource.provider.uuid())
    .bind(resource.kind.as_str())
    .bind(&resource.name)
    .bind(resource.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a resource away; false when the provider has none such.
pub(crate) async fn update_deleted(
    conn: &mut PgConnection,
    provider: OrganizationId,
    id: ResourceId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let deleted = sqlx::query(
        "update resource set deleted_at = $3
         where resource_id = $1 and provider_id = $2 and deleted_at is null",
    );
    Ok(deleted.bind(id.uuid()).bind(provider.uuid()).bind(now).execute(conn).await?.rows_affected() == 1)
}

/// A resource.
pub(crate) async fn find_resource(
    conn: &mut PgConnection,
    provider: OrganizationId,
    id: ResourceId,
) -> Result<Option<Resource>> {
    let row: Option<Row> = sqlx::query_as(
        "select resource_id, provider_id, kind, name, created_at from resource
         where resource_id = $1 and provider_id = $2 and deleted_at is null",
    )
    .bind(id.uuid())
    .bind(provider.uuid())
    .fetch_optional(conn)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// A page of resources.
pub(crate) async fn list_resources(
    conn: &mut PgConnection,
    provider: OrganizationId,
    after: Option<ResourceId>,
    limit: i64,
) -> Result<Vec<Resource>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select resource_id, provider_id, kind, name, created_at from resource
         where provider_id = $1 and deleted_at is null and ($2::uuid is null or resource_id > $2)
         order by resource_id limit $3",
    )
    .bind(provider.uuid())
    .bind(after.map(ResourceId::uuid))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Keeps channels from booking with a provider meanwhile: they wait, and then see what it came to.
pub(crate) async fn lock_bookable(conn: &mut PgConnection, provider: OrganizationId) -> Result<()> {
    let lock = sqlx::query("select pg_advisory_xact_lock(bookable_key($1))").bind(provider.uuid());
    lock.execute(conn).await?;
    Ok(())
}

/// A resource's calendar, once it was set, and its version.
pub(crate) async fn find_calendar(
    conn: &mut PgConnection,
    provider: OrganizationId,
    id: ResourceId,
) -> Result<Option<(Option<Calendar>, i64)>> {
    let found: Option<(Option<Json<Calendar>>, i64)> = sqlx::query_as(
        "select calendar, version from resource
         where resource_id = $1 and provider_id = $2 and deleted_at is null",
    )
    .bind(id.uuid())
    .bind(provider.uuid())
    .fetch_optional(conn)
    .await?;
    Ok(found.map(|(calendar, version)| (calendar.map(|calendar| calendar.0), version)))
}

/// The zone of a provider, by its IANA name; UTC until the provider is known.
pub(crate) async fn find_zone(conn: &mut PgConnection, provider: OrganizationId) -> Result<String> {
    let zone = sqlx::query_scalar(
        "select coalesce((select time_zone from organization_ref where organization_id = $1), 'UTC')",
    );
    Ok(zone.bind(provider.uuid()).fetch_one(conn).await?)
}

/// The calendars of these resources, those that were set.
pub(crate) async fn list_calendars(
    conn: &mut PgConnection,
    provider: OrganizationId,
    ids: &[ResourceId],
) -> Result<Vec<(ResourceId, Calendar)>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let calendars: Vec<(Uuid, Json<Calendar>)> = sqlx::query_as(
        "select resource_id, calendar from resource
         where provider_id = $1 and resource_id = any($2) and deleted_at is null and calendar is not null",
    )
    .bind(provider.uuid())
    .bind(ids)
    .fetch_all(conn)
    .await?;
    Ok(calendars.into_iter().map(|(id, calendar)| (ResourceId::from_uuid(id), calendar.0)).collect())
}

/// Keeps a calendar in place of the version before it; false when that is not the one that is there, none when there is no
/// such resource.
pub(crate) async fn update_calendar(
    conn: &mut PgConnection,
    provider: OrganizationId,
    id: ResourceId,
    calendar: &Calendar,
    version: i64,
) -> Result<Option<bool>> {
    let kept = sqlx::query_scalar(
        "with there as (
            select resource_id from resource
            where resource_id = $1 and provider_id = $2 and deleted_at is null),
         kept as (
            update resource set calendar = $3, opens = $4, version = $5
            where resource_id in (select resource_id from there) and version = $5 - 1 returning resource_id)
         select exists (select from kept) from there",
    );
    let kept = kept.bind(id.uuid()).bind(provider.uuid()).bind(Json(calendar)).bind(calendar.opens());
    Ok(kept.bind(version).fetch_optional(conn).await?)
}
