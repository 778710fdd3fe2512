//! Who watches cases, and what wakes them: this process's own commits at once, those of other replicas within a fraction of a
//! second.

use std::{sync::Arc, time::Duration};

use careway_service::{Call, Database, Result};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use super::store::change::{Place, find_feed_end};

/// How often the feed is looked at, whatever else wakes.
const EVERY: Duration = Duration::from_millis(250);

/// How far the feed has come, for everybody who watches. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Feed {
    changed: Arc<Notify>,
    come: Arc<watch::Sender<Place>>,
}

impl Feed {
    pub(crate) fn new() -> Self {
        Self { changed: Arc::new(Notify::new()), come: Arc::new(watch::channel(Place::default()).0) }
    }

    /// What to wake after a commit that changed a case.
    pub(crate) fn changed(&self) -> Arc<Notify> {
        Arc::clone(&self.changed)
    }

    /// Is told whenever the feed has come further.
    pub(crate) fn watch(&self) -> watch::Receiver<Place> {
        self.come.subscribe()
    }

    /// Looks at the feed until shutdown, with one statement for all who watch, and none while nobody does.
    pub(crate) async fn run(self, db: Database, shutdown: CancellationToken) {
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = self.changed.notified() => {}
                () = tokio::time::sleep(EVERY) => {}
            }
            if self.come.receiver_count() == 0 {
                continue;
            }
            match get_come(&db).await {
                Ok(come) => {
                    self.come.send_if_modified(|known| std::mem::replace(known, come) != come);
                }
                Err(error) => tracing::warn!(%error, "the feed of cases cannot be looked at"),
            }
        }
    }
}

async fn get_come(db: &Database) -> Result<Place> {
    let mut reader = db.read(&Call::system("watch-cases")).await?;
    find_feed_end(&mut reader).await
}
