//! What happens to documents by the clock alone: what a crash left in the store is removed, and documents under an older
//! key are moved to the newest. Every replica runs them; none is in another's way.

use careway_kernel::DocumentId;
use careway_service::{Call, Result};
use futures::{StreamExt, TryStreamExt};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::{domain::WrappedKey, store, wrapping_keys::Vault};
use crate::App;

/// Documents per transaction, and per question whether rows name them.
const BATCH: usize = 200;

/// Looks for what is due until `shutdown`.
pub(crate) async fn run(app: App, shutdown: CancellationToken) {
    let mut every = tokio::time::interval(app.documents.settings.timer());
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            _ = every.tick() => {}
        }
        for (timer, outcome) in [("rewrap", rewrap_all(&app).await), ("sweep", sweep(&app).await)] {
            if let Err(error) = outcome {
                tracing::warn!(timer, %error, "a timer of documents failed; it will try again");
            }
        }
    }
}

/// Wraps the keys of documents anew that are under an older key of the settings.
async fn rewrap_all(app: &App) -> Result<()> {
    while rewrap(app).await? == BATCH {}
    Ok(())
}

async fn rewrap(app: &App) -> Result<usize> {
    let vault = &app.documents.vault;
    let mut tx = app.db.begin_system("visits.documents.rewrap").await?;
    let wrapped = store::lock_keys_other_than(&mut tx, vault.newest(), BATCH).await?;
    let mut moved = Vec::with_capacity(wrapped.len());
    for (id, key) in &wrapped {
        match rewrapped(vault, *id, key) {
            Ok(key) => moved.push((*id, key)),
            Err(error) => tracing::error!(%error, "a document cannot be opened any more"),
        }
    }
    store::update_wrapped_keys(&mut tx, &moved).await?;
    tx.finish().await?;
    Ok(moved.len())
}

fn rewrapped(vault: &Vault, id: DocumentId, key: &WrappedKey) -> Result<WrappedKey> {
    vault.wrap(id, &vault.unwrap(id, key)?)
}

/// Removes what no row names, once it is older than any upload takes.
async fn sweep(app: &App) -> Result<()> {
    let depot = &app.documents.depot;
    let before = app.clock.now() - app.documents.settings.orphan_age();
    let mut swept = depot.remove_unfinished(before).await?;
    let mut batches = depot.list_before(before).try_chunks(BATCH).map_err(|error| error.1);
    while let Some(listed) = batches.next().await {
        for orphan in orphans(app, &listed?).await? {
            depot.remove(orphan).await?;
            swept += 1;
        }
    }
    if swept > 0 {
        tracing::warn!(swept, "objects of uploads that never ended were removed");
    }
    Ok(())
}

async fn orphans(app: &App, listed: &[DocumentId]) -> Result<Vec<DocumentId>> {
    let mut reader = app.db.read(&Call::system("visits.documents.sweep")).await?;
    store::list_unknown(&mut reader, listed).await
}
