//! What becomes of holds and bookings by the clock: what was held and is over is cleared away, what was not confirmed is
//! declined, and whom a booking was for is erased thirteen months after it. Every replica runs them; a row is changed by
//! one.

use careway_service::{Result, Ticks};
use chrono::{Months, TimeDelta};

use super::{
    change,
    domain::Booking,
    store::{self, Party},
};
use crate::{App, holds, occupations};

/// Bookings looked at in one go.
const BATCH: i64 = 100;
/// How long it is remembered what became of a hold.
const HOLDS_KEPT: TimeDelta = TimeDelta::days(30);
/// How long it is known whom a booking was for.
const PATIENTS_KEPT: Months = Months::new(13);

/// Runs until the service stops.
pub(crate) async fn run(app: App) {
    let mut ticks = Ticks::every(app.timer, &app.foundation.shutdown);
    while ticks.next().await {
        if let Err(error) = pass_time(&app).await {
            tracing::warn!(?error, "holds and bookings could not be settled");
        }
    }
}

async fn pass_time(app: &App) -> Result<()> {
    clear_away(app).await?;
    while lapse(app).await? {}
    while end_tests(app).await? {}
    while erase(app).await? {}
    Ok(())
}

async fn clear_away(app: &App) -> Result<()> {
    let mut tx = app.db.begin_system("holds.over").await?;
    let now = tx.now();
    occupations::store::delete_over(&mut tx, now).await?;
    holds::store::delete_old(&mut tx, now - HOLDS_KEPT).await?;
    tx.finish().await
}

/// Declines some that were not confirmed in time; whether there may be more.
async fn lapse(app: &App) -> Result<bool> {
    let mut tx = app.db.begin_system("bookings.lapse").await?;
    let now = tx.now();
    let due = store::list_unconfirmed(&mut tx, now, BATCH).await?;
    for id in &due {
        let booking = store::lock_booking(&mut tx, &app.patients, Party::Anybody, *id).await?;
        let Some(mut booking) = booking.filter(|booking| booking.is_open()) else { continue };
        if booking.lapse(now) {
            change::keep(app, &mut tx, &booking).await?;
        }
    }
    tx.finish().await?;
    Ok(!due.is_empty())
}

/// Cancels some whose joint test is over; whether there may be more.
async fn end_tests(app: &App) -> Result<bool> {
    let mut tx = app.db.begin_system("bookings.end-tests").await?;
    let due = store::list_tested(&mut tx, BATCH).await?;
    for id in &due {
        let booking = store::lock_booking(&mut tx, &app.patients, Party::Anybody, *id).await?;
        let Some(mut booking) = booking.filter(Booking::is_open) else { continue };
        booking.end_with_its_test();
        change::keep(app, &mut tx, &booking).await?;
    }
    tx.finish().await?;
    Ok(!due.is_empty())
}

/// Erases some; whether there may be more.
async fn erase(app: &App) -> Result<bool> {
    let mut tx = app.db.begin_system("bookings.erase").await?;
    let now = tx.now();
    let before = now.checked_sub_months(PATIENTS_KEPT).unwrap_or(now);
    let erased = store::update_erased(&mut tx, before, BATCH).await?;
    tx.finish().await?;
    Ok(erased > 0)
}
