//! Where a service's documents are, sealed: how they come in, how they are given out, and what becomes of leavings.
//!
//! ```text
//! upload ─▶ sniffed, counted, hashed, scanned, sealed in chunks under a key of its own ─▶ object ─▶ the service's row
//! download ◀─ the chunks of a range, opened ◀──────────────────────────────────────────── object ◀─ the service's row
//! timers ── keys are wrapped anew with the newest; objects that no row names are set aside, and deleted 30 days later
//! ```
//!
//! The rows are each service's own, with whatever else it knows of a document; the timers ask for them by
//! [`DocumentRows`]. Services share a folder or a bucket: each one's objects are under its own name, and it looks at no
//! others.

mod brake;
mod chunks;
mod content;
pub mod content_digest;
mod download;
pub mod file_name;
mod media_type;
mod names;
mod objects;
mod place;
mod range;
mod refusal;
mod rows;
mod scanner;
mod sealed_layout;
mod settings;
mod sweep;
mod timers;
mod upload;
mod wrapping_keys;

use std::sync::Arc;

use anyhow::Context;
use careway_kernel::DocumentId;
use careway_service::Fair;
use tokio_util::task::TaskTracker;

pub use brake::Brake;
pub use content::{Content, WrappedKey};
pub use media_type::{MediaType, UnknownType};
pub use objects::NewObject;
pub use refusal::FileRefusal;
pub use rows::DocumentRows;
pub use settings::{DocumentArgs, DocumentSettings};
pub use sweep::{Sweep, Swept};
pub use upload::{Received, Upload};
pub use wrapping_keys::WrappingKeys;

use objects::Objects;
use scanner::Scanner;

/// Which part of the turns one organization may have at once: a quarter.
const SHARE: usize = 4;

/// The documents of one service. Cheap to clone.
#[derive(Clone)]
pub struct DocumentStore {
    settings: Arc<DocumentSettings>,
    service: &'static str,
    objects: Objects,
    keys: WrappingKeys,
    scanner: Option<Scanner>,
    /// Turns of uploads: a bound of what they hold together.
    turns: Arc<Fair>,
    /// The service takes so many bytes at most, whatever the settings allow.
    most: u64,
}

impl DocumentStore {
    /// Checks the settings, and opens the place where `service` has its objects. What goes on after an answer is among
    /// the background tasks.
    ///
    /// # Errors
    /// A setting that is not valid; a folder that cannot be made.
    pub fn open(
        settings: DocumentSettings,
        service: &'static str,
        background_tasks: TaskTracker,
    ) -> anyhow::Result<Self> {
        settings.check()?;
        let scanner = settings.scanner.as_deref().map(Scanner::parse).transpose();
        Ok(Self {
            objects: Objects::open(&settings, service, background_tasks)
                .context("CAREWAY_DOCUMENTS_PLACE")?,
            keys: WrappingKeys::parse(&settings.keys).context("CAREWAY_DOCUMENTS_KEYS")?,
            scanner: scanner.context("CAREWAY_DOCUMENTS_SCANNER")?,
            turns: Arc::new(Fair::new(settings.uploads, (settings.uploads / SHARE).max(1))),
            settings: Arc::new(settings),
            service,
            most: u64::MAX,
        })
    }

    /// The same, for documents of at most so many bytes, whatever the settings allow.
    #[must_use]
    pub fn at_most(mut self, bytes: u64) -> Self {
        self.most = bytes;
        self
    }

    /// Removes the object of a document that no row names after all, without being waited for.
    pub fn discard(&self, document: DocumentId) {
        self.objects.discard(document);
    }
}
