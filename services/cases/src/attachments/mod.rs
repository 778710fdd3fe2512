//! The files of cases: uploaded first, and added to a message when it is sent; or come with a mail.
//!
//! Until a message has it a file is its uploader's alone, and gone after a day. Then whoever sees the message sees it: those of
//! a note are support's alone. From people only known types are taken; by mail whatever comes is kept, and what is of no known
//! type is not given out. The files are [`careway_documents`]'.
//!
//! # For whoever keeps a message
//!
//! [`bind`] adds uploaded files to a message in its transaction, after the message; [`parse_ids`] reads them from a request.
//! A message's files go with its words, in the statement that takes those away. A mail's files are taken in by [`mail::take_in`] before the
//! transaction, and [`mail::insert_taken`] keeps them in it.

mod access;
mod api;
mod bind;
pub(crate) mod domain;
mod download;
mod error;
mod expire;
mod get;
pub(crate) mod mail;
pub(crate) mod store;
mod take_in;
mod upload;
mod upload_for_case;
pub(crate) mod view;

pub(crate) use bind::{bind, parse_ids};
use careway_documents::{DocumentSettings, DocumentStore};
use careway_kernel::Redacted;
use careway_service::{Foundation, Sealer};
pub(crate) use domain::Binding;
use download::download_attachment;
pub(crate) use expire::run_expiry;
use get::get_attachment;
use upload::upload_attachment;
use upload_for_case::upload_case_attachment;

/// Shared by the operations of attachments. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Attachments {
    pub(crate) files: DocumentStore,
    /// Seals what files are called.
    pub(crate) sealer: Sealer,
}

impl Attachments {
    /// Checks the settings, and opens the store.
    pub(crate) fn open(
        settings: DocumentSettings,
        master_key: &Redacted,
        foundation: &Foundation,
    ) -> anyhow::Result<Self> {
        let files = DocumentStore::open(settings, crate::NAME, foundation.background_tasks.clone())?;
        Ok(Self { files: files.at_most(domain::LARGEST), sealer: Sealer::derive(master_key, "attachments")? })
    }
}
