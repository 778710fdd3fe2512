//! The medical documents of a visit: what is known of them, who may see them, and what cites them. The files are
//! [`careway_documents`]'.

mod access;
mod add;
mod api;
pub(crate) mod citations;
pub(crate) mod domain;
mod download;
mod error;
mod get;
mod list;
mod retract;
pub(crate) mod rows;
pub(crate) mod store;
mod view;

use add::add_document;
use download::download_document;
use get::get_document;
use list::list_documents;
use retract::retract_document;

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
            files: DocumentStore::open(settings, crate::NAME, foundation.background_tasks.clone())?,
            sealer: Sealer::derive(master_key, "documents")?,
        })
    }
}
