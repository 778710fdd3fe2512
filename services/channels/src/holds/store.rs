//! The table `hold`, and what holds take.

use careway_kernel::{ConnectionId, HoldId, OrganizationId, ResourceId, ServiceId};
use careway_service::{Error, Result, one_of};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Row as _};
use uuid::Uuid;

use super::domain::{Hold, HoldState, MOST_OPEN};
use crate::occupations::{
    self,
    domain::{Owner, Seat},
    store::{Taking, bind_taking, taking},
};

/// What became of a new hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inserted {
    Whole,
    /// Somebody else was quicker.
    Outrun,
    /// The connection has as many as it may.
    TooMany,
}

#[derive(sqlx::FromRow)]
struct Row {
    hold_id: Uuid,
    connection_id: Uuid,
    provider_id: Uuid,
    channel_id: Uuid,
    service_id: Uuid,
    resource_ids: Vec<Uuid>,
    starts_at: DateTime<Utc>,
    duration_minutes: i32,
    state: String,
    until: DateTime<Utc>,
    created_at: DateTime<Utc>,
}

impl TryFrom<Row> for Hold {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: HoldId::from_uuid(row.hold_id),
            connection: ConnectionId::from_uuid(row.connection_id),
            provider: OrganizationId::from_uuid(row.provider_id),
            channel: OrganizationId::from_uuid(row.channel_id),
            service: ServiceId::from_uuid(row.service_id),
            resources: row.resource_ids.into_iter().map(ResourceId::from_uuid).collect(),
            start: row.starts_at,
            duration_minutes: row.duration_minutes.into(),
            state: one_of("hold.state", &row.state, &HoldState::ALL, HoldState::as_str)?,
            until: row.until,
            created_at: row.created_at,
        })
    }
}

/// A new hold with what it takes and a place of its connection's, all of it or nothing. Of two who want the same place at once,
/// one has it, and the other is outrun.
pub(super) async fn insert_hold(conn: &mut PgConnection, hold: &Hold, seats: &[Seat]) -> Result<Inserted> {
    let taking = Taking {
        provider: hold.provider,
        seats,
        owner: Owner::Hold { id: hold.id, until: hold.until },
        moving: None,
        now: hold.created_at,
    };
    let inserted = sqlx::query(taking!(
        ", free as (
            select place from generate_series(0, $20 - 1) as place
            where place not in (
                select h.place from hold h
                where h.connection_id = $11 and h.state = 'OPEN' and h.until > $5 and h.place is not null)
            order by (place - $21 + $20) % $20 limit 1),
         made as (
            insert into hold (hold_id, connection_id, provider_id, channel_id, service_id, resource_ids, starts_at,
                duration_minutes, state, until, created_at, place)
            select $8, $11, $7, $12, $13, $14, $15, $16, $17, $18, $19, free.place from done, free where done.whole
            on conflict do nothing returning 1)
         select exists (select from made) as whole, exists (select from free) as few"
    ));
    let row = bind_taking(inserted, &taking)
        .bind(hold.connection.uuid())
        .bind(hold.channel.uuid())
        .bind(hold.service.uuid())
        .bind(hold.resources.iter().map(|resource| resource.uuid()).collect::<Vec<_>>())
        .bind(hold.start)
        .bind(i32::try_from(hold.duration_minutes).map_err(Error::internal)?)
        .bind(hold.state.as_str())
        .bind(hold.until)
        .bind(hold.created_at)
        .bind(MOST_OPEN)
        .bind(hold.first_place())
        .fetch_one(conn)
        .await?;
    let (whole, few): (bool, bool) = (row.try_get("whole")?, row.try_get("few")?);
    Ok(match (whole, few) {
        (_, false) => Inserted::TooMany,
        (true, true) => Inserted::Whole,
        (false, true) => Inserted::Outrun,
    })
}

/// A channel's hold.
pub(crate) async fn find_hold(
    conn: &mut PgConnection,
    channel: OrganizationId,
    id: HoldId,
) -> Result<Option<Hold>> {
    let row: Option<Row> = sqlx::query_as("select * from hold where hold_id = $1 and channel_id = $2")
        .bind(id.uuid())
        .bind(channel.uuid())
        .fetch_optional(conn)
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// Releases those of the holds that are open, and frees what they take. Holds that are over are open, too: their rows may be cleared
/// away long since, so only those of holds that are still good are looked for until all are gone.
pub(crate) async fn release(conn: &mut PgConnection, ids: &[HoldId], now: DateTime<Utc>) -> Result<()> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let (good, left): (Vec<Uuid>, i64) = sqlx::query_as(
        "with open as (
            select hold_id from hold where hold_id = any($1) and state = 'OPEN' order by hold_id for update),
         released as (
            update hold set state = 'RELEASED' where hold_id in (select hold_id from open)
            returning hold_id, until, cardinality(resource_ids) as rows),
         freed as (delete from occupation where hold_id in (select hold_id from released) returning until)
         select array(select hold_id from released where until > $2),
            (select coalesce(sum(rows), 0) from released where until > $2)
            - (select count(*) from freed where until > $2)",
    )
    .bind(ids)
    .bind(now)
    .fetch_one(&mut *conn)
    .await?;
    occupations::free_holds(conn, &good, left).await
}

/// A connection's open holds.
pub(crate) async fn list_of_connection(
    conn: &mut PgConnection,
    connection: ConnectionId,
) -> Result<Vec<HoldId>> {
    let ids: Vec<Uuid> =
        sqlx::query_scalar("select hold_id from hold where connection_id = $1 and state = 'OPEN'")
            .bind(connection.uuid())
            .fetch_all(conn)
            .await?;
    Ok(ids.into_iter().map(HoldId::from_uuid).collect())
}

/// A provider's open holds that take a resource at some time between the two, what is kept free around them left out.
pub(crate) async fn list_between(
    conn: &mut PgConnection,
    provider: OrganizationId,
    resource: ResourceId,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<HoldId>> {
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "select hold_id from hold
         where provider_id = $1 and state = 'OPEN' and $2 = any (resource_ids)
           and starts_at < $4 and starts_at + make_interval(mins => duration_minutes) > $3",
    )
    .bind(provider.uuid())
    .bind(resource.uuid())
    .bind(from)
    .bind(to)
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(HoldId::from_uuid).collect())
}

/// Forgets holds that were over by then.
pub(crate) async fn delete_old(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<()> {
    sqlx::query("delete from hold where until < $1").bind(before).execute(conn).await?;
    Ok(())
}
