//! Where documents are kept, and how: what the operations of documents run with.
//!
//! An upload goes through [`intake`]: looked at, counted, hashed, shown to the virus [`scanner`], sealed in [`chunks`]
//! under a key of its own, and written to the [`depot`]. The key is wrapped by the [`vault`] and stands in the row.

pub(crate) mod access;
pub(crate) mod add;
pub(crate) mod api;
pub(crate) mod chunks;
pub(crate) mod citations;
pub(crate) mod domain;
pub(crate) mod download;
pub(crate) mod error;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod object_store;
pub(crate) mod retract;
pub(crate) mod scanner;
pub(crate) mod settings;
pub(crate) mod store;
pub(crate) mod timers;
pub(crate) mod upload;
pub(crate) mod view;
pub(crate) mod wrapping_keys;

use std::sync::Arc;

use anyhow::Context;
use careway_kernel::Redacted;
use careway_service::{Foundation, Sealer};
use tokio::sync::Semaphore;

use object_store::Depot;
use scanner::Scanner;
use settings::DocumentSettings;
use wrapping_keys::Vault;

/// Shared by the operations of documents. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Documents {
    pub(crate) settings: Arc<DocumentSettings>,
    pub(crate) depot: Depot,
    pub(crate) vault: Vault,
    /// Seals what documents are called.
    pub(crate) sealer: Sealer,
    scanner: Option<Scanner>,
    /// Turns of uploads: a bound of what they hold together.
    turns: Arc<Semaphore>,
}

impl Documents {
    /// Checks the settings, and opens the store.
    pub(crate) fn new(
        settings: DocumentSettings,
        master_key: &Redacted,
        foundation: &Foundation,
    ) -> anyhow::Result<Self> {
        anyhow::ensure!(
            (1..=2047).contains(&settings.max_mib),
            "CAREWAY_VISITS_DOCUMENT_MAX_MIB must be 1 to 2047"
        );
        anyhow::ensure!(settings.timer_seconds > 0, "CAREWAY_VISITS_DOCUMENT_TIMER_SECONDS must not be 0");
        anyhow::ensure!(settings.orphan_hours > 0, "CAREWAY_VISITS_DOCUMENT_ORPHAN_HOURS must not be 0");
        anyhow::ensure!(settings.uploads > 0, "CAREWAY_VISITS_DOCUMENT_UPLOADS must not be 0");
        let scanner = settings.scanner.as_deref().map(Scanner::parse).transpose();
        Ok(Self {
            depot: Depot::open(&settings, foundation.errands.clone()).context("CAREWAY_VISITS_DOCUMENTS")?,
            vault: Vault::parse(&settings.keys).context("CAREWAY_VISITS_DOCUMENT_KEYS")?,
            sealer: Sealer::derive(master_key, "documents")?,
            scanner: scanner.context("CAREWAY_VISITS_DOCUMENT_SCANNER")?,
            turns: Arc::new(Semaphore::new(settings.uploads)),
            settings: Arc::new(settings),
        })
    }
}
