//! Frees what bookings and holds take. Whoever deals lanes anew meanwhile puts new rows in place of those that were seen: they are
//! looked for again until as many are gone.

use careway_kernel::BookingId;
use careway_service::Result;
use sqlx::PgConnection;
use uuid::Uuid;

use super::store;

/// How often rows are looked for.
const TRIES: usize = 8;

/// Frees the so many rows that a booking has.
pub(crate) async fn free(conn: &mut PgConnection, booking: BookingId, rows: usize) -> Result<()> {
    let mut gone = 0;
    for _ in 0..TRIES {
        gone += store::delete_of_booking(conn, booking).await?;
        if gone >= rows as u64 {
            break;
        }
    }
    Ok(())
}

/// Frees the so many rows that holds still have. None of them is over: what others cleared away would be looked for in vain.
pub(crate) async fn free_holds(conn: &mut PgConnection, holds: &[Uuid], rows: i64) -> Result<()> {
    let mut left = rows;
    for _ in 0..TRIES {
        if left <= 0 {
            break;
        }
        left -= store::delete_of_holds(conn, holds).await?.cast_signed();
    }
    Ok(())
}
