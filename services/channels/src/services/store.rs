//! The tables `service` and `service_need`.

use std::collections::{BTreeMap, BTreeSet};

use careway_kernel::{OrganizationId, ResourceId, ServiceId};
use careway_service::{Error, Result};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::domain::{Definition, Service};

#[derive(sqlx::FromRow)]
struct Row {
    service_id: Uuid,
    provider_id: Uuid,
    code: String,
    name: String,
    duration_minutes: i32,
    step_minutes: i32,
    buffer_before: i32,
    buffer_after: i32,
    confirmed_by_provider: bool,
    cancellation_minutes: i32,
    version: i64,
    created_at: DateTime<Utc>,
    needs: Json<Vec<NeedRow>>,
}

#[derive(serde::Deserialize)]
struct NeedRow {
    need: i16,
    resource_id: Uuid,
}

impl TryFrom<Row> for Service {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let mut needs: BTreeMap<i16, BTreeSet<ResourceId>> = BTreeMap::new();
        for NeedRow { need, resource_id } in row.needs.0 {
            needs.entry(need).or_default().insert(ResourceId::from_uuid(resource_id));
        }
        Ok(Self {
            id: ServiceId::from_uuid(row.service_id),
            provider: OrganizationId::from_uuid(row.provider_id),
            code: row.code,
            definition: Definition {
                name: row.name,
                duration_minutes: row.duration_minutes,
                step_minutes: row.step_minutes,
                buffer_before: row.buffer_before,
                buffer_after: row.buffer_after,
                confirmed_by_provider: row.confirmed_by_provider,
                cancellation_minutes: row.cancellation_minutes,
                needs: needs.into_values().collect(),
            },
            version: row.version,
            created_at: row.created_at,
        })
    }
}

macro_rules! select_service {
    ($rest:literal) => {
        concat!(
            "select s.service_id, s.provider_id, s.code, s.name, s.duration_minutes, s.step_minutes, s.buffer_before,
                s.buffer_after, s.confirmed_by_provider, s.cancellation_minutes, s.version, s.created_at,
                (select coalesce(jsonb_agg(jsonb_build_object('need', n.need, 'resource_id', n.resource_id)), '[]')
                 from service_need n where n.service_id = s.service_id) as needs
             from service s where s.deleted_at is null and s.provider_id = $1 ",
            $rest
        )
    };
}

fn needs(definition: &Definition) -> (Vec<i16>, Vec<Uuid>) {
    let groups = (0..).zip(&definition.needs);
    groups.flat_map(|(at, need)| need.iter().map(move |id| (at, id.uuid()))).unzip()
}

/// Those of the resources which the provider has, kept from being taken away meanwhile.
pub(crate) async fn lock_resources(
    conn: &mut PgConnection,
    provider: OrganizationId,
    definition: &Definition,
) -> Result<BTreeSet<ResourceId>> {
    let (_, wanted) = needs(definition);
    let own: Vec<Uuid> = sqlx::query_scalar(
        "select resource_id from resource
         where provider_id = $1 and resource_id = any($2) and deleted_at is null
         order by resource_id for key share",
    )
    .bind(provider.uuid())
    .bind(wanted)
    .fetch_all(conn)
    .await?;
    Ok(own.into_iter().map(ResourceId::from_uuid).collect())
}

/// A new examination with what it needs. `service_code` when another has its code.
pub(crate) async fn insert_service(conn: &mut PgConnection, service: &Service) -> sqlx::Result<()> {
    let (groups, resources) = needs(&service.definition);
    sqlx::query(
        "with added as (
            insert into service (service_id, provider_id, code, name, duration_minutes, step_minutes, buffer_before,
                buffer_after, confirmed_by_provider, cancellation_minutes, version, created_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $13, $14, $9, $10) returning service_id)
         insert into service_need (service_id, provider_id, need, resource_id)
         select added.service_id, $2, n.need, n.resource_id
         from added, unnest($11::smallint[], $12::uuid[]) as n (need, resource_id)",
    )
    .bind(service.id.uuid())
    .bind(service.provider.uuid())
    .bind(&service.code)
    .bind(&service.definition.name)
    .bind(service.definition.duration_minutes)
    .bind(service.definition.step_minutes)
    .bind(service.definition.buffer_before)
    .bind(service.definition.buffer_after)
    .bind(service.version)
    .bind(service.created_at)
    .bind(groups)
    .bind(resources)
    .bind(service.definition.confirmed_by_provider)
    .bind(service.definition.cancellation_minutes)
    .execute(conn)
    .await?;
    Ok(())
}

/// What an examination is like from now on, with what it needs.
pub(crate) async fn update_service(conn: &mut PgConnection, service: &Service) -> Result<()> {
    let (groups, resources) = needs(&service.definition);
    sqlx::query(
        "with changed as (
            update service set name = $2, duration_minutes = $3, step_minutes = $4, buffer_before = $5,
                buffer_after = $6, version = $7, confirmed_by_provider = $10, cancellation_minutes = $11
            where service_id = $1 returning service_id, provider_id),
         wanted as (select * from unnest($8::smallint[], $9::uuid[]) as n (need, resource_id)),
         gone as (
            delete from service_need n where n.service_id = $1
                and (n.need, n.resource_id) not in (select need, resource_id from wanted))
         insert into service_need (service_id, provider_id, need, resource_id)
         select changed.service_id, changed.provider_id, wanted.need, wanted.resource_id from changed, wanted
         on conflict do nothing",
    )
    .bind(service.id.uuid())
    .bind(&service.definition.name)
    .bind(service.definition.duration_minutes)
    .bind(service.definition.step_minutes)
    .bind(service.definition.buffer_before)
    .bind(service.definition.buffer_after)
    .bind(service.version)
    .bind(groups)
    .bind(resources)
    .bind(service.definition.confirmed_by_provider)
    .bind(service.definition.cancellation_minutes)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes an examination away; false when the provider has none such.
pub(crate) async fn update_deleted(
    conn: &mut PgConnection,
    provider: OrganizationId,
    id: ServiceId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let deleted = sqlx::query(
        "update service set deleted_at = $3, version = version + 1
         where service_id = $1 and provider_id = $2 and deleted_at is null",
    );
    Ok(deleted.bind(id.uuid()).bind(provider.uuid()).bind(now).execute(conn).await?.rows_affected() == 1)
}

/// An examination.
pub(crate) async fn find_service(
    conn: &mut PgConnection,
    provider: OrganizationId,
    id: ServiceId,
) -> Result<Option<Service>> {
    let row: Option<Row> = sqlx::query_as(select_service!("and s.service_id = $2"))
        .bind(provider.uuid())
        .bind(id.uuid())
        .fetch_optional(conn)
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// An examination, locked.
pub(crate) async fn lock_service(
    conn: &mut PgConnection,
    provider: OrganizationId,
    id: ServiceId,
) -> Result<Option<Service>> {
    let row: Option<Row> = sqlx::query_as(select_service!("and s.service_id = $2 for no key update of s"))
        .bind(provider.uuid())
        .bind(id.uuid())
        .fetch_optional(conn)
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// A page of examinations.
pub(crate) async fn list_services(
    conn: &mut PgConnection,
    provider: OrganizationId,
    after: Option<ServiceId>,
    limit: i64,
) -> Result<Vec<Service>> {
    let rows: Vec<Row> = sqlx::query_as(select_service!(
        "and ($2::uuid is null or s.service_id > $2) order by s.service_id limit $3"
    ))
    .bind(provider.uuid())
    .bind(after.map(ServiceId::uuid))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}
