//! Forgets what the Actions Center was answered long ago. Every replica does; a row is forgotten by one.

use careway_service::{Result, Ticks};
use chrono::TimeDelta;

use super::store;
use crate::App;

/// Answers forgotten in one go.
const BATCH: u32 = 1000;
/// How long a token has its answer, and longer while what it booked is to come.
const KEPT: TimeDelta = TimeDelta::days(30);

/// Runs until the service stops.
pub(crate) async fn run(app: App) {
    let mut ticks = Ticks::every(app.timer, &app.foundation.shutdown);
    while ticks.next().await {
        if let Err(error) = forget(&app).await {
            tracing::warn!(?error, "old answers to the Actions Center could not be forgotten");
        }
    }
}

async fn forget(app: &App) -> Result<()> {
    loop {
        let mut tx = app.db.begin_system("actions-center.forget").await?;
        let until = tx.now() - KEPT;
        let forgotten = store::delete_old(&mut tx, until, BATCH.into()).await?;
        tx.finish().await?;
        if forgotten < u64::from(BATCH) {
            return Ok(());
        }
    }
}
