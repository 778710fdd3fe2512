//! The table `booking`.

mod row;
mod save;

use careway_kernel::{BookingId, ConnectionId, OrganizationId, ResourceId, ServiceId};
use careway_service::{Error, Result, Sealer, one_of};
use chrono::{DateTime, NaiveDateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use self::row::Row;
pub(crate) use self::save::{
    insert_booking, insert_held, update_booking, update_moved, update_moved_to_hold,
};
use super::domain::{Booking, BookingState, By};

/// Whose bookings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Party {
    Provider(OrganizationId),
    Channel(OrganizationId),
    /// For Careway itself.
    Anybody,
}

impl Party {
    /// As which side it changes a booking.
    pub(super) fn side(self) -> By {
        match self {
            Self::Provider(_) => By::Provider,
            Self::Channel(_) => By::Channel,
            Self::Anybody => By::Careway,
        }
    }

    fn ids(self) -> (Option<Uuid>, Option<Uuid>) {
        match self {
            Self::Provider(id) => (Some(id.uuid()), None),
            Self::Channel(id) => (None, Some(id.uuid())),
            Self::Anybody => (None, None),
        }
    }
}

/// Which bookings, newest first.
#[derive(Debug, Clone)]
pub(crate) struct BookingFilter {
    pub(crate) party: Party,
    pub(crate) from: Option<DateTime<Utc>>,
    pub(crate) to: Option<DateTime<Utc>>,
    pub(crate) state: Option<BookingState>,
    pub(crate) connection: Option<ConnectionId>,
    pub(crate) external_id: Option<String>,
    /// Of these alone, where that is asked.
    pub(crate) among: Option<Vec<BookingId>>,
    pub(crate) before: Option<BookingId>,
    pub(crate) limit: i64,
}

/// A booking that a change meets, without whom it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Met {
    pub(crate) id: BookingId,
    pub(crate) connection: ConnectionId,
    pub(crate) service: ServiceId,
    pub(crate) resources: Vec<ResourceId>,
    pub(crate) start: DateTime<Utc>,
    pub(crate) end: DateTime<Utc>,
    pub(crate) state: BookingState,
}

#[derive(sqlx::FromRow)]
struct MetRow {
    booking_id: Uuid,
    connection_id: Uuid,
    service_id: Uuid,
    resource_ids: Vec<Uuid>,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    state: String,
}

impl TryFrom<MetRow> for Met {
    type Error = Error;

    fn try_from(row: MetRow) -> Result<Self> {
        Ok(Self {
            id: BookingId::from_uuid(row.booking_id),
            connection: ConnectionId::from_uuid(row.connection_id),
            service: ServiceId::from_uuid(row.service_id),
            resources: row.resource_ids.into_iter().map(ResourceId::from_uuid).collect(),
            start: row.starts_at,
            end: row.ends_at,
            state: one_of("booking.state", &row.state, &BookingState::ALL, BookingState::as_str)?,
        })
    }
}

/// A booking, and the zone that its calendar is in now.
macro_rules! select_booking {
    ($rest:literal) => {
        concat!(
            "select b.*, (select c.zone from booking_clock c where c.booking_id = b.booking_id) as zone_now
             from booking b ",
            $rest
        )
    };
}

/// A booking of the party's.
pub(crate) async fn find_booking(
    conn: &mut PgConnection,
    sealer: &Sealer,
    party: Party,
    id: BookingId,
) -> Result<Option<Booking>> {
    let (provider, channel) = party.ids();
    let row: Option<Row> = sqlx::query_as(select_booking!(
        "where b.booking_id = $1 and ($2::uuid is null or b.provider_id = $2) and ($3::uuid is null or b.channel_id = $3)"
    ))
    .bind(id.uuid())
    .bind(provider)
    .bind(channel)
    .fetch_optional(conn)
    .await?;
    row.map(|row| row.open(sealer)).transpose()
}

/// A booking of the party's, locked.
pub(crate) async fn lock_booking(
    conn: &mut PgConnection,
    sealer: &Sealer,
    party: Party,
    id: BookingId,
) -> Result<Option<Booking>> {
    let (provider, channel) = party.ids();
    let row: Option<Row> = sqlx::query_as(select_booking!(
        "where b.booking_id = $1 and ($2::uuid is null or b.provider_id = $2) and ($3::uuid is null or b.channel_id = $3)
         for update of b"
    ))
    .bind(id.uuid())
    .bind(provider)
    .bind(channel)
    .fetch_optional(conn)
    .await?;
    row.map(|row| row.open(sealer)).transpose()
}

/// A page of bookings.
pub(crate) async fn list_bookings(
    conn: &mut PgConnection,
    sealer: &Sealer,
    filter: &BookingFilter,
) -> Result<Vec<Booking>> {
    let (provider, channel) = filter.party.ids();
    let rows: Vec<Row> = sqlx::query_as(select_booking!(
        "where ($1::uuid is null or b.provider_id = $1) and ($2::uuid is null or b.channel_id = $2)
           and ($3::timestamptz is null or b.starts_at >= $3) and ($4::timestamptz is null or b.starts_at < $4)
           and ($5::text is null or b.state = $5) and ($6::uuid is null or b.connection_id = $6)
           and ($7::text is null or b.external_id = $7) and ($8::uuid is null or b.booking_id < $8)
           and ($10::uuid[] is null or b.booking_id = any($10))
         order by b.booking_id desc limit $9"
    ))
    .bind(provider)
    .bind(channel)
    .bind(filter.from)
    .bind(filter.to)
    .bind(filter.state.map(BookingState::as_str))
    .bind(filter.connection.map(ConnectionId::uuid))
    .bind(&filter.external_id)
    .bind(filter.before.map(BookingId::uuid))
    .bind(filter.limit)
    .bind(filter.among.as_ref().map(|among| among.iter().map(|id| id.uuid()).collect::<Vec<_>>()))
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| row.open(sealer)).collect()
}

/// When a booking is, and what clock it goes by.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct BookingClock {
    booking_id: Uuid,
    pub(crate) starts_at: DateTime<Utc>,
    pub(crate) local_start: NaiveDateTime,
    /// That which its calendar is in now.
    pub(crate) zone: String,
}

impl BookingClock {
    pub(crate) fn id(&self) -> BookingId {
        BookingId::from_uuid(self.booking_id)
    }
}

/// The clocks of the party's open bookings that are not over.
pub(crate) async fn list_clocks(
    conn: &mut PgConnection,
    party: Party,
    now: DateTime<Utc>,
) -> Result<Vec<BookingClock>> {
    let (provider, channel) = party.ids();
    let clocks = sqlx::query_as(
        "select b.booking_id, b.starts_at, b.local_start,
            coalesce((select c.zone from booking_clock c where c.booking_id = b.booking_id), b.zone) as zone
         from booking b
         where ($1::uuid is null or b.provider_id = $1) and ($2::uuid is null or b.channel_id = $2)
           and b.ends_at > $3 and b.state in ('PENDING', 'BOOKED')",
    );
    Ok(clocks.bind(provider).bind(channel).bind(now).fetch_all(conn).await?)
}

/// A provider's open bookings that take a resource at some time between the two, the earliest first.
pub(crate) async fn list_met(
    conn: &mut PgConnection,
    provider: OrganizationId,
    resource: ResourceId,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<Met>> {
    let rows: Vec<MetRow> = sqlx::query_as(
        "select booking_id, connection_id, service_id, resource_ids, starts_at, ends_at, state from booking
         where provider_id = $1 and $2 = any (resource_ids) and ends_at > $3 and starts_at < $4
           and state in ('PENDING', 'BOOKED')
         order by starts_at, booking_id",
    )
    .bind(provider.uuid())
    .bind(resource.uuid())
    .bind(from)
    .bind(to)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A provider's bookings to come of an examination, the earliest first.
pub(crate) async fn future_of(
    conn: &mut PgConnection,
    provider: OrganizationId,
    service: ServiceId,
    now: DateTime<Utc>,
) -> Result<Vec<Met>> {
    let rows: Vec<MetRow> = sqlx::query_as(
        "select booking_id, connection_id, service_id, resource_ids, starts_at, ends_at, state from booking
         where provider_id = $1 and service_id = $2 and ends_at > $3 and starts_at > $3
           and state in ('PENDING', 'BOOKED') and test_id is null
         order by starts_at, booking_id",
    )
    .bind(provider.uuid())
    .bind(service.uuid())
    .bind(now)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Bookings that were to be confirmed by now, each for one replica.
pub(crate) async fn list_unconfirmed(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<BookingId>> {
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "select booking_id from booking where state = 'PENDING' and confirm_by <= $1
         order by confirm_by limit $2 for update skip locked",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(BookingId::from_uuid).collect())
}

/// Open bookings of joint tests that are over, each for one replica.
pub(crate) async fn list_tested(conn: &mut PgConnection, limit: i64) -> Result<Vec<BookingId>> {
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "select b.booking_id from booking b
         where b.test_id is not null and b.state in ('PENDING', 'BOOKED') and not exists (
            select from connection c
            where c.connection_id = b.connection_id and c.state = 'TESTING' and b.test_id = (
                select t.test_id from joint_test t where t.connection_id = c.connection_id
                order by t.test_id desc limit 1))
         order by b.booking_id limit $1 for update of b skip locked",
    )
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(BookingId::from_uuid).collect())
}

/// Erases whom bookings that were over by then are for, and why they ended; how many.
pub(crate) async fn update_erased(conn: &mut PgConnection, before: DateTime<Utc>, limit: i64) -> Result<u64> {
    let erased = sqlx::query(
        "update booking set patient = null, reason = null where booking_id in (
            select booking_id from booking
            where ends_at < $1 and (patient is not null or reason is not null)
            order by ends_at limit $2 for update skip locked)",
    );
    Ok(erased.bind(before).bind(limit).execute(conn).await?.rows_affected())
}
