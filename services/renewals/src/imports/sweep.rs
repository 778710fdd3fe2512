//! What nobody will go on with, and what is kept long enough.

use careway_service::Result;
use chrono::TimeDelta;

use super::store;
use crate::App;

/// A list of which nothing was read for so long is read by nobody: its replica has died before it was answered.
const ABANDONED: TimeDelta = TimeDelta::minutes(5);
/// How long it is kept what became of the rows.
const KEPT: TimeDelta = TimeDelta::days(30);

/// Sweeps until Careway ends.
pub(super) struct Sweep<'a> {
    app: &'a App,
}

impl<'a> Sweep<'a> {
    pub(super) const fn new(app: &'a App) -> Self {
        Self { app }
    }

    pub(super) async fn run(&self) {
        let mut every = tokio::time::interval(self.app.timer);
        loop {
            tokio::select! {
                () = self.app.foundation.shutdown.cancelled() => return,
                _ = every.tick() => {}
            }
            if let Err(error) = self.once().await {
                tracing::error!(%error, "imports could not be swept");
            }
        }
    }

    async fn once(&self) -> Result<()> {
        let mut tx = self.app.db.begin_system("imports.sweep").await?;
        let now = tx.now();
        store::update_abandoned(&mut tx, now - ABANDONED, now).await?;
        tx.finish().await?;
        // A list a time: each may have a million rows.
        loop {
            let mut tx = self.app.db.begin_system("imports.sweep").await?;
            let deleted = store::delete_old_rows(&mut tx, now - KEPT).await?;
            tx.finish().await?;
            if deleted == 0 {
                return Ok(());
            }
        }
    }
}
