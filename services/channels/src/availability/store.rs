//! The tables `availability_change` and `availability`. What holds and bookings take and give back is noted by the database itself.

use careway_kernel::{ConnectionId, OrganizationId, ResourceId, ServiceId};
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::Untold;

/// Whose times have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// Of whatever needs it.
    Resource(ResourceId),
    Service(ServiceId),
}

#[derive(sqlx::FromRow)]
struct Row {
    connection_id: Uuid,
    provider_id: Uuid,
    channel_id: Uuid,
    state: String,
    availability_id: Uuid,
    version: i64,
    service_ids: Vec<Uuid>,
    starts: DateTime<Utc>,
    ends: Option<DateTime<Utc>>,
}

impl From<Row> for Untold {
    fn from(row: Row) -> Self {
        Self {
            connection: ConnectionId::from_uuid(row.connection_id),
            provider: OrganizationId::from_uuid(row.provider_id),
            channel: OrganizationId::from_uuid(row.channel_id),
            state: row.state,
            availability: row.availability_id,
            version: row.version,
            services: row.service_ids.into_iter().map(ServiceId::from_uuid).collect(),
            from: row.starts,
            to: row.ends,
        }
    }
}

/// Notes that a provider can be booked with at other times than before, from then on, or until then.
pub(crate) async fn insert_change(
    conn: &mut PgConnection,
    provider: OrganizationId,
    of: Of,
    (from, to): (DateTime<Utc>, Option<DateTime<Utc>>),
) -> Result<()> {
    let (resource, service) = match of {
        Of::Resource(id) => (Some(id.uuid()), None),
        Of::Service(id) => (None, Some(id.uuid())),
    };
    sqlx::query(
        "insert into availability_change (provider_id, resource_id, service_id, starts, ends)
         values ($1, $2, $3, $4, $5)",
    )
    .bind(provider.uuid())
    .bind(resource)
    .bind(service)
    .bind(from)
    .bind(to)
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether anything is noted, or is to be told by now of whom was told before then.
pub(crate) async fn find_waiting(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<bool> {
    let waits = sqlx::query_scalar(
        "select exists (select from availability_change) or exists (
            select from availability where service_ids <> '{}' and (told_at is null or told_at <= $1))",
    );
    Ok(waits.bind(before).fetch_one(conn).await?)
}

/// Puts some of what is noted together, by the live connections that sell what it is about; how much there was. What is over by
/// now is forgotten.
pub(crate) async fn gather(conn: &mut PgConnection, now: DateTime<Utc>, limit: i64) -> Result<i64> {
    let gathered = sqlx::query_scalar(
        "with noted as (
            delete from availability_change where change_id in (
                select change_id from availability_change order by change_id limit $2 for update skip locked)
            returning resource_id, service_id, starts, ends),
         changed as (
            select n.service_id, d.starts, d.ends from noted d join service_need n on n.resource_id = d.resource_id
            union all select service_id, starts, ends from noted where service_id is not null),
         met as (
            select i.connection_id, array_agg(distinct i.service_id) as service_ids,
                greatest(min(d.starts), $1) as starts,
                case when bool_and(d.ends is not null) then max(d.ends) end as ends
            from changed d
            join connection_item i on i.service_id = d.service_id and i.state = 'PUBLISHED'
            join connection c on c.connection_id = i.connection_id and c.state = 'LIVE'
            where d.ends is null or d.ends > $1
            group by i.connection_id order by i.connection_id),
         kept as (
            insert into availability as a (connection_id, service_ids, starts, ends)
            select connection_id, service_ids, starts, ends from met
            on conflict (connection_id) do update set
                service_ids = array(select distinct unnest(a.service_ids || excluded.service_ids)),
                starts = case when a.service_ids = '{}' then excluded.starts
                    else least(a.starts, excluded.starts) end,
                ends = case when a.service_ids = '{}' then excluded.ends
                    when a.ends is not null and excluded.ends is not null then greatest(a.ends, excluded.ends) end)
         select count(*) from noted",
    );
    Ok(gathered.bind(now).bind(limit).fetch_one(conn).await?)
}

/// What is to be told to channels that were not told since then, each to one replica, with where their connections stand; from now on
/// nothing of it waits any more, whether it is said or not.
pub(crate) async fn update_told(
    conn: &mut PgConnection,
    (before, now): (DateTime<Utc>, DateTime<Utc>),
    limit: i64,
) -> Result<Vec<Untold>> {
    let rows: Vec<Row> = sqlx::query_as(
        "with due as (
            select connection_id, service_ids, starts, ends from availability
            where service_ids <> '{}' and (told_at is null or told_at <= $1)
            order by told_at nulls first limit $3 for update skip locked)
         update availability a set version = a.version + 1, told_at = $2, service_ids = '{}'
         from due join connection c using (connection_id) where a.connection_id = due.connection_id
         returning a.connection_id, c.provider_id, c.channel_id, c.state, a.availability_id, a.version,
            due.service_ids, due.starts, due.ends",
    )
    .bind(before)
    .bind(now)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}
