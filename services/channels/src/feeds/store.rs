//! The table `feed_item`: what a channel's feeds have, and in which order it changed.

use careway_kernel::{BookingId, ConnectionId, Currency, Money, OrganizationId, ServiceId};
use careway_service::{Error, Result};
use chrono::{DateTime, NaiveDateTime, Utc};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::domain::{
    FeedKind, SoldService, ToldBooking,
    rpde::{FeedItem, ItemData},
};

/// The advisory lock of whoever numbers: one at a time, so that numbers become visible in their order.
const NUMBERING: i64 = 0x6665_6564;

/// A place in the catalogue.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) connection: Uuid,
    pub(crate) service: Uuid,
}

#[derive(serde::Deserialize, sqlx::FromRow)]
struct SoldRow {
    service_id: Uuid,
    connection_id: Uuid,
    provider_id: Uuid,
    provider_name: String,
    time_zone: String,
    name: String,
    code: String,
    currency: String,
    amount: i64,
    minutes: i32,
    bookable: bool,
    test: bool,
}

#[derive(sqlx::FromRow)]
struct ChangeRow {
    item_id: Uuid,
    change: i64,
    sold: Option<Json<SoldRow>>,
}

impl TryFrom<SoldRow> for SoldService {
    type Error = Error;

    fn try_from(row: SoldRow) -> Result<Self> {
        let currency = Currency::parse(&row.currency).map_err(Error::internal)?;
        Ok(Self {
            service: ServiceId::from_uuid(row.service_id),
            connection: ConnectionId::from_uuid(row.connection_id),
            provider: OrganizationId::from_uuid(row.provider_id),
            provider_name: row.provider_name,
            time_zone: row.time_zone,
            name: row.name,
            code: row.code,
            price: Money::new(currency, row.amount),
            minutes: row.minutes,
            bookable: row.bookable,
            test: row.test,
        })
    }
}

impl TryFrom<ChangeRow> for FeedItem {
    type Error = Error;

    fn try_from(row: ChangeRow) -> Result<Self> {
        let sold = row.sold.map(|sold| sold.0.try_into()).transpose()?;
        Ok(Self { id: row.item_id, change: row.change, data: sold.map(ItemData::Service) })
    }
}

#[derive(serde::Deserialize)]
struct BookingRow {
    booking_id: Uuid,
    connection_id: Uuid,
    provider_id: Uuid,
    service_id: Uuid,
    state: String,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    local_start: NaiveDateTime,
    zone: String,
    currency: String,
    minor: i64,
    external_id: String,
    version: i64,
    test: bool,
}

#[derive(sqlx::FromRow)]
struct BookingChangeRow {
    item_id: Uuid,
    change: i64,
    booking: Option<Json<BookingRow>>,
}

impl TryFrom<BookingRow> for ToldBooking {
    type Error = Error;

    fn try_from(row: BookingRow) -> Result<Self> {
        let currency = Currency::parse(&row.currency).map_err(Error::internal)?;
        Ok(Self {
            booking: BookingId::from_uuid(row.booking_id),
            connection: ConnectionId::from_uuid(row.connection_id),
            provider: OrganizationId::from_uuid(row.provider_id),
            service: ServiceId::from_uuid(row.service_id),
            state: row.state,
            start: row.starts_at,
            end: row.ends_at,
            local_start: row.local_start,
            zone: row.zone,
            price: Money::new(currency, row.minor),
            external_id: row.external_id,
            version: row.version,
            test: row.test,
        })
    }
}

impl TryFrom<BookingChangeRow> for FeedItem {
    type Error = Error;

    fn try_from(row: BookingChangeRow) -> Result<Self> {
        let booking = row.booking.map(|booking| booking.0.try_into()).transpose()?;
        Ok(Self { id: row.item_id, change: row.change, data: booking.map(ItemData::Booking) })
    }
}

/// Gives the bookings of the rows that `changed` returned their place in the channel's feed, in the same statement.
macro_rules! told_in_feed {
    ($changed:expr) => {
        concat!(
            $changed,
            "insert into feed_item (channel_id, kind, item_id, connection_id)
             select channel_id, 'booking', booking_id, connection_id from changed
             on conflict (channel_id, kind, item_id) do update set change = null, deleted_at = null"
        )
    };
}
pub(crate) use told_in_feed;

macro_rules! select_sold {
    ($before:literal, $rest:literal) => {
        concat!(
            $before,
            "select i.service_id, c.connection_id, c.provider_id, coalesce(o.name, '') as provider_name,
                coalesce(o.time_zone, 'UTC') as time_zone, s.name, coalesce(i.code, '') as code,
                coalesce(i.shown_currency, t.currency) as currency, coalesce(i.shown_amount, t.amount) as amount,
                coalesce(i.shown_minutes, t.minutes) as minutes,
                c.state in ('LIVE', 'TESTING') as bookable, c.state = 'TESTING' as test
             from connection c
             join connection_item i using (connection_id)
             join connection_service s on s.connection_id = c.connection_id and s.service_id = i.service_id
             left join organization_ref o on o.organization_id = c.provider_id
             left join lateral (
                select amount, currency, minutes from connection_offer offer
                where c.state = 'TESTING' and i.ticked and offer.price
                  and offer.connection_id = c.connection_id and offer.service_id = i.service_id) t on true ",
            $rest
        )
    };
}

/// A page of what a channel sells.
pub(crate) async fn list_sold(
    conn: &mut PgConnection,
    channel: OrganizationId,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<SoldService>> {
    let rows: Vec<SoldRow> = sqlx::query_as(select_sold!(
        "",
        "where c.channel_id = $1 and (i.state = 'PUBLISHED' and c.state in ('LIVE', 'SUSPENDED') or t.amount is not null)
           and ($2::uuid is null or (c.connection_id, i.service_id) > ($2, $3))
         order by c.connection_id, i.service_id limit $4"
    ))
    .bind(channel.uuid())
    .bind(after.map(|place| place.connection))
    .bind(after.map(|place| place.service))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// What changed after that number, in the order of numbers, each as it is now.
pub(crate) async fn list_changes(
    conn: &mut PgConnection,
    channel: OrganizationId,
    kind: FeedKind,
    after: i64,
    limit: i64,
) -> Result<Vec<FeedItem>> {
    match kind {
        FeedKind::Service => list_service_changes(conn, channel, after, limit).await,
        FeedKind::Booking => list_booking_changes(conn, channel, after, limit).await,
    }
}

async fn list_booking_changes(
    conn: &mut PgConnection,
    channel: OrganizationId,
    after: i64,
    limit: i64,
) -> Result<Vec<FeedItem>> {
    let rows: Vec<BookingChangeRow> = sqlx::query_as(
        "select f.item_id, f.change, (select to_jsonb(told) from (
            select b.booking_id, b.connection_id, b.provider_id, b.service_id, b.state, b.starts_at, b.ends_at,
                b.local_start, b.zone, b.currency, b.minor, b.external_id, b.version, b.test_id is not null as test
            from booking b where b.booking_id = f.item_id and f.deleted_at is null) told) as booking
         from feed_item f where f.channel_id = $1 and f.kind = 'booking' and f.change > $2
         order by f.change limit $3",
    )
    .bind(channel.uuid())
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

async fn list_service_changes(
    conn: &mut PgConnection,
    channel: OrganizationId,
    after: i64,
    limit: i64,
) -> Result<Vec<FeedItem>> {
    let rows: Vec<ChangeRow> = sqlx::query_as(select_sold!(
        "select f.item_id, f.change, (select to_jsonb(sold) from (",
        "where i.state = 'PUBLISHED' and c.state in ('LIVE', 'SUSPENDED')
           and c.connection_id = f.connection_id and i.service_id = f.item_id) sold) as sold
         from feed_item f where f.channel_id = $1 and f.kind = 'service' and f.change > $2
         order by f.change limit $3"
    ))
    .bind(channel.uuid())
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The services that a channel's feed has from now on, or has no more; each gets its place in the order when that is committed.
pub(crate) async fn save_services(
    conn: &mut PgConnection,
    connection: (ConnectionId, OrganizationId),
    (there, gone): (&[Uuid], &[Uuid]),
    now: DateTime<Utc>,
) -> Result<()> {
    let (connection, channel) = connection;
    sqlx::query(
        "with gone as (
            update feed_item set change = null, deleted_at = $5
            where channel_id = $1 and kind = 'service' and item_id = any($4))
         insert into feed_item (channel_id, kind, item_id, connection_id)
         select $1, 'service', item_id, $2 from unnest($3::uuid[]) as i (item_id) order by item_id
         on conflict (channel_id, kind, item_id) do update
            set change = null, deleted_at = null, connection_id = excluded.connection_id",
    )
    .bind(channel.uuid())
    .bind(connection.uuid())
    .bind(there)
    .bind(gone)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// What is sold of a provider is not what it was for any channel.
pub(crate) async fn update_of_provider(conn: &mut PgConnection, provider: OrganizationId) -> Result<()> {
    sqlx::query(
        "with told as (
            select f.channel_id, f.item_id from feed_item f join connection c using (connection_id)
            where c.provider_id = $1 and f.kind = 'service' and f.deleted_at is null
            order by f.channel_id, f.item_id for update of f)
         update feed_item f set change = null from told
         where f.channel_id = told.channel_id and f.kind = 'service' and f.item_id = told.item_id",
    )
    .bind(provider.uuid())
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether anything waits for its number.
pub(crate) async fn find_unnumbered(conn: &mut PgConnection) -> Result<bool> {
    let waits = sqlx::query_scalar("select exists (select from feed_item where change is null)");
    Ok(waits.fetch_one(conn).await?)
}

/// Waits until nobody else numbers, to the end of the transaction.
pub(crate) async fn lock_numbering(conn: &mut PgConnection) -> Result<()> {
    sqlx::query("select pg_advisory_xact_lock($1)").bind(NUMBERING).execute(conn).await?;
    Ok(())
}

/// Numbers what is committed; what somebody is changing has its turn when they are done.
pub(crate) async fn update_numbers(conn: &mut PgConnection, limit: i64) -> Result<u64> {
    let numbered = sqlx::query(
        "with due as (
            select channel_id, kind, item_id from feed_item where change is null
            limit $1 for update skip locked)
         update feed_item f set change = nextval('feed_change') from due
         where f.channel_id = due.channel_id and f.kind = due.kind and f.item_id = due.item_id",
    );
    Ok(numbered.bind(limit).execute(conn).await?.rows_affected())
}

/// Bookings that were over by then are in no feed any more; how many.
pub(crate) async fn update_over(
    conn: &mut PgConnection,
    (over, now): (DateTime<Utc>, DateTime<Utc>),
    limit: i64,
) -> Result<u64> {
    let gone = sqlx::query(
        "update feed_item f set change = null, deleted_at = $2
         from (select i.channel_id, i.item_id
            from feed_item i join booking b on b.booking_id = i.item_id
            where i.kind = 'booking' and i.deleted_at is null and b.ends_at < $1
            limit $3 for update of i skip locked) as past
         where f.channel_id = past.channel_id and f.kind = 'booking' and f.item_id = past.item_id",
    );
    Ok(gone.bind(over).bind(now).bind(limit).execute(conn).await?.rows_affected())
}

/// Forgets what was gone by then.
pub(crate) async fn delete_forgotten(conn: &mut PgConnection, until: DateTime<Utc>) -> Result<()> {
    sqlx::query("delete from feed_item where deleted_at < $1").bind(until).execute(conn).await?;
    Ok(())
}
