//! Forgets what was sent long ago and secrets that sign no more, and says how long endpoints wait for their turn.

use careway_service::{Call, Result, Ticks};
use chrono::TimeDelta;

use super::store;
use crate::{App, webhook_endpoints};

/// How long messages and attempts are kept.
const KEPT: TimeDelta = TimeDelta::days(30);

/// Runs until the service stops.
pub(crate) async fn run(app: App) {
    let mut ticks = Ticks::every(app.timer, &app.foundation.shutdown);
    while ticks.next().await {
        if let Err(error) = look_after(&app).await {
            tracing::warn!(?error, "webhooks could not be looked after");
        }
    }
}

async fn look_after(app: &App) -> Result<()> {
    let now = app.clock.now();
    let oldest = {
        let mut reader = app.db.read(&Call::system("webhook.timers")).await?;
        store::find_oldest_due(&mut reader, now).await?
    };
    let waits = oldest.map_or(0, |since| (now - since).num_seconds());
    metrics::gauge!("careway_webhook_oldest_seconds").set(waits as f64);
    {
        let mut tx = app.db.begin_system("webhook.timers").await?;
        webhook_endpoints::store::delete_expired(&mut tx, now).await?;
        tx.finish().await?;
    }
    loop {
        let mut tx = app.db.begin_system("webhook.timers").await?;
        let swept = store::sweep(&mut tx, now - KEPT).await?;
        tx.finish().await?;
        if swept == 0 || app.foundation.shutdown.is_cancelled() {
            return Ok(());
        }
    }
}
