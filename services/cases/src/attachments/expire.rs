//! Files that no message had within a day are gone. Every replica looks; each file is taken by one.

use careway_service::{Result, Ticks};

use super::{domain::LIFETIME, store};
use crate::App;

/// Files per transaction.
const BATCH: i64 = 100;

/// Looks for what is over until shutdown.
pub(crate) async fn run_expiry(app: App) {
    let mut ticks = Ticks::every(app.timer, &app.foundation.shutdown);
    while ticks.next().await {
        if let Err(error) = expire_all(&app).await {
            tracing::warn!(%error, "the timer of attachments failed; it will try again");
        }
    }
}

async fn expire_all(app: &App) -> Result<()> {
    while expire(app).await? {}
    Ok(())
}

/// Removes some, and tells whether there may be more.
async fn expire(app: &App) -> Result<bool> {
    let mut tx = app.db.begin_system("cases.attachments.expire").await?;
    let before = tx.now() - LIFETIME;
    let gone = store::delete_waiting(&mut tx, before, BATCH).await?;
    tx.finish().await?;
    for id in &gone {
        app.attachments.files.discard(*id);
    }
    Ok(gone.len() as i64 == BATCH)
}
