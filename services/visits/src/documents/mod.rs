//! The medical documents of a visit: what is known of them, who may see them, and what cites them. The files are
//! [`careway_documents`]'.

pub(crate) mod access;
pub(crate) mod add;
pub(crate) mod api;
pub(crate) mod citations;
pub(crate) mod domain;
pub(crate) mod download;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod retract;
pub(crate) mod rows;
pub(crate) mod store;
pub(crate) mod view;

use careway_documents::{DocumentSettings, DocumentStore};
use careway_kernel::Redacted;
use careway_service::{Foundation, Sealer};

/// Shared by the operations of documents. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Documents {
    pub(crate) files: DocumentStore,
    /// Seals what documents are called.
    pub(crate) sealer: Sealer,
}

impl Documents {
    /// Checks the settings, and opens the store.
    pub(crate) fn new(
        settings: DocumentSettings,
        master_key: &Redacted,
        foundation: &Foundation,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            files: DocumentStore::open(settings, crate::NAME, foundation.errands.clone())?,
            sealer: Sealer::derive(master_key, "documents")?,
        })
    }
}
