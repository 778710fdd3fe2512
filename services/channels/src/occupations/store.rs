//! The table `occupation`. Whoever takes something takes all rows in one statement, in the order of their resources: two who
//! want the same wait for each other at the first, and never each for the other.

use careway_kernel::{BookingId, HoldId, OrganizationId, ResourceId};
use careway_service::{Error, Result};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{PgConnection, Postgres, postgres::PgArguments, query::Query};
use uuid::Uuid;

use super::domain::{Occupation, Owner, Place, Seat};

/// No examination takes longer, with what is kept free around it: 32 hours, as the statements say, too.
pub(crate) const LONGEST: TimeDelta = TimeDelta::minutes(1440 + 2 * 240);

/// An occupation as rows and JSON have it.
#[derive(sqlx::FromRow, serde::Deserialize)]
pub(crate) struct Row {
    occupation_id: i64,
    resource_id: Uuid,
    lane: i16,
    starts: DateTime<Utc>,
    ends: DateTime<Utc>,
    hold_id: Option<Uuid>,
    booking_id: Option<Uuid>,
    until: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Occupation {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let owner = match (row.hold_id.zip(row.until), row.booking_id) {
            (Some((hold, until)), None) => Owner::Hold { id: HoldId::from_uuid(hold), until },
            (None, Some(booking)) => Owner::Booking(BookingId::from_uuid(booking)),
            _ => return Err(Error::internal(anyhow::anyhow!("an occupation is nobody's"))),
        };
        Ok(Self {
            id: row.occupation_id,
            resource: ResourceId::from_uuid(row.resource_id),
            lane: u16::try_from(row.lane).map_err(Error::internal)?,
            from: row.starts,
            to: row.ends,
            owner,
        })
    }
}

/// What is taken, and for whom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taking<'a> {
    pub(crate) provider: OrganizationId,
    pub(crate) seats: &'a [Seat],
    pub(crate) owner: Owner,
    /// The same booking's former rows go.
    pub(crate) moving: Option<BookingId>,
    pub(crate) now: DateTime<Utc>,
}

/// Takes all seats or none, and goes on with a statement that asks `done.whole` whether it did. What is over in the way goes
/// first, and so does what moves away: their numbers are counted before anything is inserted. Its own values are bound from
/// `$11` on.
macro_rules! taking {
    ($rest:expr) => {
        concat!(
            "with wanted as (
                select w.resource_id, w.lane, w.ends, tstzrange(w.starts, w.ends) as span,
                    w.starts - interval '32 hours' as earliest
                from unnest($1::uuid[], $2::smallint[], $3::timestamptz[], $4::timestamptz[])
                    as w (resource_id, lane, starts, ends)),
             expired as (
                select o.occupation_id from wanted w
                join occupation o on o.resource_id = w.resource_id and o.span && w.span
                    and o.starts < w.ends and o.starts > w.earliest
                where o.until <= $5 order by o.occupation_id for update of o),
             moving as (
                select occupation_id from occupation where booking_id = $6 order by occupation_id for update),
             gone as (
                delete from occupation where occupation_id in (
                    select occupation_id from expired union all select occupation_id from moving)
                returning 1),
             taken as (
                insert into occupation (provider_id, resource_id, lane, span, hold_id, booking_id, until)
                select $7, w.resource_id, w.lane, w.span, $8, $9, $10
                from (select count(*) from gone) as cleared, wanted w order by w.resource_id
                on conflict do nothing returning 1),
             done as (select count(*) = cardinality($1::uuid[]) as whole from taken) ",
            $rest
        )
    };
}
pub(crate) use taking;

/// Binds what is taken to the first ten values.
pub(crate) fn bind_taking(
    query: Query<'static, Postgres, PgArguments>,
    taking: &Taking<'_>,
) -> Query<'static, Postgres, PgArguments> {
    let each = taking.seats.iter();
    let (hold, booking, until) = match taking.owner {
        Owner::Hold { id, until } => (Some(id.uuid()), None, Some(until)),
        Owner::Booking(id) => (None, Some(id.uuid()), None),
    };
    query
        .bind(each.clone().map(|seat| seat.place.resource.uuid()).collect::<Vec<_>>())
        .bind(each.clone().map(|seat| seat.lane.cast_signed()).collect::<Vec<_>>())
        .bind(each.clone().map(|seat| seat.place.from).collect::<Vec<_>>())
        .bind(each.map(|seat| seat.place.to).collect::<Vec<_>>())
        .bind(taking.now)
        .bind(taking.moving.map(BookingId::uuid))
        .bind(taking.provider.uuid())
        .bind(hold)
        .bind(booking)
        .bind(until)
}

/// What is taken of resources in a window and around it, held times that are over among it.
pub(crate) async fn list_of_resources(
    conn: &mut PgConnection,
    resources: &[ResourceId],
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<Occupation>> {
    let resources: Vec<Uuid> = resources.iter().map(|resource| resource.uuid()).collect();
    let rows: Vec<Row> = sqlx::query_as(
        "select occupation_id, resource_id, lane, lower(span) as starts, upper(span) as ends, hold_id, booking_id,
            until
         from occupation where resource_id = any($1) and span && tstzrange($2, $3)
           and starts < $3 and starts > $4",
    )
    .bind(resources)
    .bind(from - LONGEST)
    .bind(to + LONGEST)
    .bind(from - LONGEST - LONGEST)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// What is taken of the place's resource around it, as far as one touches the next.
pub(crate) async fn list_cluster(conn: &mut PgConnection, place: &Place) -> Result<Vec<Occupation>> {
    let (mut from, mut to) = (place.from, place.to);
    loop {
        let rows: Vec<Row> = sqlx::query_as(
            "select occupation_id, resource_id, lane, lower(span) as starts, upper(span) as ends, hold_id, booking_id,
                until
             from occupation where resource_id = $1 and span && tstzrange($2, $3)
               and starts < $3 and starts > $4",
        )
        .bind(place.resource.uuid())
        .bind(from)
        .bind(to)
        .bind(from - LONGEST)
        .fetch_all(&mut *conn)
        .await?;
        let first = rows.iter().map(|row| row.starts).min().map_or(from, |first| first.min(from));
        let last = rows.iter().map(|row| row.ends).max().map_or(to, |last| last.max(to));
        if (first, last) == (from, to) {
            return rows.into_iter().map(TryInto::try_into).collect();
        }
        (from, to) = (first, last);
    }
}

/// Puts what was dealt anew into its lanes, and clears away the rest; false when it is not what was there any more.
pub(crate) async fn deal_anew(conn: &mut PgConnection, gone: &[i64], lanes: &[(i64, u16)]) -> Result<bool> {
    let (ids, lanes): (Vec<i64>, Vec<i16>) = lanes.iter().map(|(id, lane)| (*id, lane.cast_signed())).unzip();
    let done = sqlx::query_scalar(
        "with locked as (
            select occupation_id from occupation where occupation_id = any($1) order by occupation_id for update),
         gone as (
            delete from occupation where occupation_id in (select occupation_id from locked) returning *),
         put as (
            insert into occupation (provider_id, resource_id, lane, span, hold_id, booking_id, until)
            select g.provider_id, g.resource_id, d.lane, g.span, g.hold_id, g.booking_id, g.until
            from (select count(*) from gone) as cleared, gone g
            join unnest($2::bigint[], $3::smallint[]) as d (occupation_id, lane) on d.occupation_id = g.occupation_id
            on conflict do nothing returning 1)
         select (select count(*) from gone) = cardinality($1) and (select count(*) from put) = cardinality($2)",
    )
    .bind(gone)
    .bind(ids)
    .bind(lanes);
    Ok(done.fetch_one(conn).await?)
}

/// Frees what a booking takes; how many rows. Those that are dealt anew meanwhile are not among them.
pub(crate) async fn delete_of_booking(conn: &mut PgConnection, booking: BookingId) -> Result<u64> {
    let freed = sqlx::query("delete from occupation where booking_id = $1").bind(booking.uuid());
    Ok(freed.execute(conn).await?.rows_affected())
}

/// The same of holds.
pub(crate) async fn delete_of_holds(conn: &mut PgConnection, holds: &[Uuid]) -> Result<u64> {
    let freed = sqlx::query("delete from occupation where hold_id = any($1)").bind(holds.to_vec());
    Ok(freed.execute(conn).await?.rows_affected())
}

/// How many rows a booking has now.
pub(crate) async fn count_of_booking(conn: &mut PgConnection, booking: BookingId) -> Result<usize> {
    let rows: i64 = sqlx::query_scalar("select count(*) from occupation where booking_id = $1")
        .bind(booking.uuid())
        .fetch_one(conn)
        .await?;
    usize::try_from(rows).map_err(Error::internal)
}

/// Clears away what was held and is over.
pub(crate) async fn delete_over(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<()> {
    sqlx::query(
        "delete from occupation where occupation_id in (
            select occupation_id from occupation where until <= $1 order by occupation_id for update skip locked)",
    )
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}
