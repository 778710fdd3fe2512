//! Gives what changed its place in the feeds, once it is committed: a number that is taken when something is written, or a
//! clock, hides what is committed late. Bookings go some time after they are over, and what is gone is forgotten after a while.

use std::time::Duration;

use careway_service::{Call, Result, Ticks};
use chrono::TimeDelta;

use super::store;
use crate::App;

/// Items numbered in one go.
const BATCH: u32 = 1000;
/// How often it is looked for what other replicas have left: each numbers what it has committed itself at once.
const TICK: Duration = Duration::from_secs(1);
/// How long a reader may be away and still be told what is gone; and how long after its end a booking is in the feed.
pub(crate) const TOLD: TimeDelta = TimeDelta::days(14);

/// Numbers changes until the service stops.
pub(crate) async fn run(app: App) {
    let mut ticks = Ticks::every(TICK, &app.foundation.shutdown).or_woken_by(&app.feed_changed);
    while ticks.next().await {
        if let Err(error) = number_all(&app).await {
            tracing::warn!(?error, "changes could not be numbered");
        }
    }
}

/// Takes out bookings that are long over, and forgets what is gone for long, until the service stops.
pub(crate) async fn run_forgetting(app: App) {
    let mut ticks = Ticks::every(app.timer, &app.foundation.shutdown);
    while ticks.next().await {
        if let Err(error) = forget(&app).await {
            tracing::warn!(?error, "what is gone could not be forgotten");
        }
    }
}

/// Numbers everything that is committed by now.
async fn number_all(app: &App) -> Result<()> {
    while is_waiting(app).await? {
        let mut tx = app.db.begin_system("feed.timers").await?;
        store::lock_numbering(&mut tx).await?;
        let numbered = store::update_numbers(&mut tx, BATCH.into()).await?;
        tx.finish().await?;
        // What somebody is changing has its turn later.
        if numbered < u64::from(BATCH) {
            break;
        }
    }
    Ok(())
}

/// Mostly nothing is, and nobody has to be kept waiting.
async fn is_waiting(app: &App) -> Result<bool> {
    let mut reader = app.db.read(&Call::system("feed.timers")).await?;
    store::find_unnumbered(&mut reader).await
}

async fn forget(app: &App) -> Result<()> {
    let mut tx = app.db.begin_system("feed.timers").await?;
    let (now, until) = (tx.now(), tx.now() - TOLD);
    store::delete_forgotten(&mut tx, until).await?;
    if store::update_over(&mut tx, (until, now), BATCH.into()).await? > 0 {
        tx.wake_after_commit(app.feed_changed.clone());
    }
    tx.finish().await
}
