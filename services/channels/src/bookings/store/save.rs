//! What a booking takes and leaves: each statement takes all that it needs, or does nothing.

use careway_kernel::HoldId;
use careway_service::{Result, Sealer};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, types::Json};

use super::row::Row;
use crate::{
    bookings::domain::Booking,
    feeds::store::told_in_feed,
    occupations::{
        domain::{Owner, Seat},
        store::{Taking, bind_taking, taking},
    },
};

/// What a hold takes becomes the booking's, if the hold is still good; what the booking took before goes. Its own values are
/// bound from `$4` on.
macro_rules! taking_over {
    ($rest:expr) => {
        concat!(
            "with used as (
                update hold set state = 'USED' where hold_id = $1 and state = 'OPEN' and until > $2
                returning cardinality(resource_ids) as places),
             left_behind as (
                delete from occupation where booking_id = $3 and exists (select from used) returning 1),
             moved as (
                update occupation set hold_id = null, booking_id = $3, until = null
                where hold_id = $1 and exists (select from used)
                returning 1),
             done as (
                select coalesce((select places from used), 0) = count(*) and count(*) > 0 as whole from moved) ",
            $rest
        )
    };
}

/// How the row of a booking is changed, and told in its channel's feed.
macro_rules! update_booking {
    ($with:literal, $record:literal) => {
        told_in_feed!(concat!(
            $with,
            " changed as (update booking b set resource_ids = r.resource_ids, starts_at = r.starts_at,
                duration_minutes = r.duration_minutes, ends_at = r.ends_at, local_start = r.local_start, zone = r.zone,
                state = r.state, confirm_by = r.confirm_by, ended_by = r.ended_by, reason = r.reason,
                version = r.version
             from ",
            $record,
            " where b.booking_id = r.booking_id and b.version = r.version - 1
             returning b.channel_id, b.booking_id, b.connection_id) "
        ))
    };
}

/// A new booking of a free time; false when somebody else was quicker.
pub(crate) async fn insert_booking(
    conn: &mut PgConnection,
    sealer: &Sealer,
    booking: &Booking,
    seats: &[Seat],
) -> Result<bool> {
    let taking = Taking {
        provider: booking.provider,
        seats,
        owner: Owner::Booking(booking.id),
        moving: None,
        now: booking.created_at,
    };
    let inserted = sqlx::query(taking!(told_in_feed!(
        ", changed as (
            insert into booking select r.* from done, jsonb_populate_record(null::booking, $11) r where done.whole
            returning channel_id, booking_id, connection_id) "
    )));
    let inserted = bind_taking(inserted, &taking).bind(Json(Row::seal(sealer, booking)?));
    Ok(inserted.execute(conn).await?.rows_affected() == 1)
}

/// A new booking of a time that is held; false when the hold is not good any more.
pub(crate) async fn insert_held(
    conn: &mut PgConnection,
    sealer: &Sealer,
    booking: &Booking,
    hold: HoldId,
) -> Result<bool> {
    let inserted = sqlx::query(taking_over!(told_in_feed!(
        ", changed as (
            insert into booking select r.* from done, jsonb_populate_record(null::booking, $4) r where done.whole
            returning channel_id, booking_id, connection_id) "
    )));
    let inserted = inserted.bind(hold.uuid()).bind(booking.created_at).bind(booking.id.uuid());
    let inserted = inserted.bind(Json(Row::seal(sealer, booking)?));
    Ok(inserted.execute(conn).await?.rows_affected() == 1)
}

/// A booking at another time, one that is free; false when somebody else was quicker.
pub(crate) async fn update_moved(
    conn: &mut PgConnection,
    sealer: &Sealer,
    booking: &Booking,
    seats: &[Seat],
    now: DateTime<Utc>,
) -> Result<bool> {
    let taking = Taking {
        provider: booking.provider,
        seats,
        owner: Owner::Booking(booking.id),
        moving: Some(booking.id),
        now,
    };
    let moved = sqlx::query(taking!(update_booking!(
        ",",
        "(select r.* from done, jsonb_populate_record(null::booking, $11) r where done.whole) r"
    )));
    let moved = bind_taking(moved, &taking).bind(Json(Row::seal(sealer, booking)?));
    Ok(moved.execute(conn).await?.rows_affected() == 1)
}

/// A booking at another time, one that is held; false when the hold is not good any more.
pub(crate) async fn update_moved_to_hold(
    conn: &mut PgConnection,
    sealer: &Sealer,
    booking: &Booking,
    hold: HoldId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let moved = sqlx::query(taking_over!(update_booking!(
        ",",
        "(select r.* from done, jsonb_populate_record(null::booking, $4) r where done.whole) r"
    )));
    let moved = moved.bind(hold.uuid()).bind(now).bind(booking.id.uuid());
    let moved = moved.bind(Json(Row::seal(sealer, booking)?));
    Ok(moved.execute(conn).await?.rows_affected() == 1)
}

/// A booking as it stands now, at the time where it was.
pub(crate) async fn update_booking(
    conn: &mut PgConnection,
    sealer: &Sealer,
    booking: &Booking,
) -> Result<()> {
    sqlx::query(update_booking!("with", "jsonb_populate_record(null::booking, $1) r"))
        .bind(Json(Row::seal(sealer, booking)?))
        .execute(conn)
        .await?;
    Ok(())
}
