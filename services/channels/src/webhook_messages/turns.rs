//! Turns with endpoints. Replicas claim endpoints, not messages: whoever holds an endpoint's lease alone sends to it, so its order
//! needs no word between replicas. A process whose turn ends halfway leaves the lease to run out.

use std::time::Duration;

use careway_service::Result;
use chrono::TimeDelta;
use tokio::task::JoinSet;

use super::{store, turn};
use crate::App;

/// Turns that a process has at the same time: with endpoints that answer soon, and with those that answer late.
const QUICK_TURNS: usize = 96;
const SLOW_TURNS: usize = 32;
/// Longer than a turn takes without its last attempt.
const LEASE: TimeDelta = TimeDelta::seconds(45);
/// How often the clock is asked what is due.
const POLL: Duration = Duration::from_millis(500);

/// Takes turns until the service stops, and ends those that are under way.
pub(crate) async fn run(app: App) {
    let (mut quick, mut slow) = (JoinSet::new(), JoinSet::new());
    while !app.foundation.shutdown.is_cancelled() {
        let claimed =
            claim(&app, QUICK_TURNS - quick.len(), SLOW_TURNS - slow.len()).await.unwrap_or_else(|error| {
                tracing::warn!(?error, "webhooks could not be claimed");
                Vec::new()
            });
        for claimed in claimed {
            let (app, turns) = (app.clone(), if claimed.slow { &mut slow } else { &mut quick });
            turns.spawn(async move { turn::take(&app, &claimed).await });
        }
        metrics::gauge!("careway_webhook_turns", "pace" => "quick").set(quick.len() as f64);
        metrics::gauge!("careway_webhook_turns", "pace" => "slow").set(slow.len() as f64);
        tokio::select! {
            () = app.foundation.shutdown.cancelled() => {}
            () = tokio::time::sleep(POLL) => {}
            () = app.webhook_due.notified() => {}
            Some(_) = quick.join_next() => {}
            Some(_) = slow.join_next() => {}
        }
        while quick.try_join_next().is_some() || slow.try_join_next().is_some() {}
    }
    while quick.join_next().await.is_some() || slow.join_next().await.is_some() {}
}

async fn claim(app: &App, quick: usize, slow: usize) -> Result<Vec<store::Claimed>> {
    if quick + slow == 0 {
        return Ok(Vec::new());
    }
    let mut tx = app.db.begin_system("webhook.claim").await?;
    let now = tx.now();
    let until = now + LEASE + app.outbound.longest();
    let most = |turns: usize| i64::try_from(turns).unwrap_or(i64::MAX);
    let claimed = store::claim(&mut tx, now, until, most(quick), most(slow)).await?;
    tx.finish().await?;
    Ok(claimed)
}
