//! Tells channels that they can book at other times than before. A change is told within seconds; what follows it within a
//! minute is told together. Every replica runs it; a channel is told by one.

use std::time::Duration;

use careway_service::{Call, Result, Ticks};

use super::{domain::GAP, events, store};
use crate::App;

/// Changes put together, and channels told, in one go.
const BATCH: u16 = 1000;
/// How often it is looked for changes.
const TICK: Duration = Duration::from_secs(1);
const PURPOSE: &str = "availability.timers";

/// Runs until the service stops.
pub(crate) async fn run(app: App) {
    let mut ticks = Ticks::every(TICK, &app.foundation.shutdown);
    while ticks.next().await {
        if let Err(error) = tell_all(&app).await {
            tracing::warn!(?error, "channels could not be told of what can be booked");
        }
    }
}

async fn tell_all(app: &App) -> Result<()> {
    if !is_waiting(app).await? {
        return Ok(());
    }
    let stops = || app.foundation.shutdown.is_cancelled();
    while gather(app).await? == i64::from(BATCH) && !stops() {}
    while tell(app).await? == usize::from(BATCH) && !stops() {}
    Ok(())
}

async fn is_waiting(app: &App) -> Result<bool> {
    let mut reader = app.db.read(&Call::system(PURPOSE)).await?;
    store::find_waiting(&mut reader, app.clock.now() - GAP).await
}

/// Puts some changes together; how many.
async fn gather(app: &App) -> Result<i64> {
    let mut tx = app.db.begin_system(PURPOSE).await?;
    let now = tx.now();
    let gathered = store::gather(&mut tx, now, BATCH.into()).await?;
    tx.finish().await?;
    Ok(gathered)
}

/// Tells some channels what is still worth telling; how many waited.
async fn tell(app: &App) -> Result<usize> {
    let mut tx = app.db.begin_system(PURPOSE).await?;
    let now = tx.now();
    let waited = store::update_told(&mut tx, (now - GAP, now), BATCH.into()).await?;
    for untold in waited.iter().filter(|untold| untold.is_said(now)) {
        events::changed(&mut tx, untold);
    }
    tx.finish().await?;
    Ok(waited.len())
}
