//! Lists that people upload: received whole to a temporary file before they take a place, then read within a bound on memory.
//!
//! ```text
//! let limits = app.imports.limits();
//! let read = move |list: ListFile| Ok(list.read(limits, COLUMNS)?.read(list.dry_run, |row| …));
//! let Held { value: (rows, report), place } =
//!     app.imports.take(payer, limits, pieces, |piece| (piece.dry_run, piece.file), read).await?;
//! ```
//! A slow upload holds a file and nothing else. Places to read in are few, and no organization has all of them. What reading
//! takes is known before it begins ([`table::memory`]), and all imports of a process share one bound on it. The [`Place`] is
//! kept for as long as what was read is in memory.

mod bounds;
mod receive;

use std::{fs::File, io::Seek, sync::Arc};

use careway_contract::google::api::HttpBody;
use careway_kernel::OrganizationId;
use futures::Stream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::Status;

use crate::{
    Error, Fair, Result, Turn,
    table::{self, Columns, Limits, List, ListReader, TableError},
};

pub use bounds::{ImportBounds, ImportSettings};
pub use receive::Upload;

/// Memory is lent in pieces of this size.
const PIECE: usize = 64 << 10;

/// The imports of one process, over all its services. Cheap to clone.
#[derive(Clone)]
pub struct Imports(Arc<Inner>);

struct Inner {
    bounds: ImportBounds,
    uploads: Fair,
    places: Fair,
    memory: Arc<Semaphore>,
}

/// What was read, and the place it has.
pub struct Held<T> {
    /// What was read.
    pub value: T,
    /// Its place.
    pub place: Place,
}

/// The file of a list, from its beginning.
pub struct ListFile {
    /// Its bytes.
    pub file: File,
    /// What it is said to be.
    pub media_type: String,
    /// Only report, change nothing.
    pub dry_run: bool,
}

impl ListFile {
    /// The list that it holds, to be read row by row.
    ///
    /// # Errors
    /// What is no list with these columns.
    pub fn open(self, limits: Limits, columns: Columns) -> Result<ListReader<File>, TableError> {
        ListReader::open(self.file, &self.media_type, limits, columns)
    }

    /// The list that it holds.
    ///
    /// # Errors
    /// What is no list with these columns, or too large a one.
    pub fn read(&self, limits: Limits, columns: Columns) -> Result<List, TableError> {
        table::read_list(&self.file, &self.media_type, limits, columns)
    }
}

/// A place among the imports, and the memory that was lent; given back when it is dropped.
pub struct Place {
    _turn: Turn,
    _memory: OwnedSemaphorePermit,
    /// Of an upload that is still read.
    _slot: Option<Turn>,
}

impl Default for Imports {
    fn default() -> Self {
        Self::new(ImportBounds::default())
    }
}

impl Imports {
    /// With these bounds.
    #[must_use]
    pub fn new(bounds: ImportBounds) -> Self {
        Self(Arc::new(Inner {
            uploads: Fair::new(Semaphore::MAX_PERMITS, bounds.uploads_each),
            places: Fair::new(bounds.places, bounds.places_each),
            memory: Arc::new(Semaphore::new(pieces(bounds.memory_bytes))),
            bounds,
        }))
    }

    /// What a list may cost.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits { bytes: self.0.bounds.bytes, rows: self.0.bounds.rows, ..Limits::default() }
    }

    /// [Receives](Self::receive) a list and [reads](Self::read) it.
    ///
    /// # Errors
    /// As both.
    pub async fn take<P, T: Send + 'static>(
        &self,
        organization: OrganizationId,
        limits: Limits,
        pieces: impl Stream<Item = Result<P, Status>> + Unpin,
        parts: impl Fn(P) -> (bool, Option<HttpBody>),
        read: impl FnOnce(ListFile) -> Result<T> + Send + 'static,
    ) -> Result<Held<T>> {
        let upload = self.receive(organization, limits.bytes, pieces, parts).await?;
        self.read(upload, limits, read).await
    }

    /// Reads an upload once it has a place and the memory for it. `read` runs where it may take the processor's time.
    ///
    /// # Errors
    /// `FILE_TOO_LARGE` when it would take more memory than all imports may; whatever `read` says.
    pub async fn read<T: Send + 'static>(
        &self,
        upload: Upload,
        limits: Limits,
        read: impl FnOnce(ListFile) -> Result<T> + Send + 'static,
    ) -> Result<Held<T>> {
        let inner = &self.0;
        let turn = inner.places.turn(Some(upload.organization)).await?;
        // The turn goes with the work: should the caller leave, it is free when the work is done, not before.
        let measure = move || {
            let mut upload = upload;
            let needed = table::memory(&mut upload.file, limits);
            (upload, needed, turn)
        };
        let (upload, needed, turn) = tokio::task::spawn_blocking(measure).await.map_err(Error::internal)?;
        let memory = self.lend(needed?).await?;
        let work = move || {
            let Upload { file, media_type, dry_run, slot, .. } = upload;
            let value = read(ListFile { file, media_type, dry_run });
            drop(slot);
            value.map(|value| Held { value, place: Place { _turn: turn, _memory: memory, _slot: None } })
        };
        tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
    }

    /// A place for an upload that is read row by row, in so much memory however large it is. A process that has less for all
    /// imports reads one at a time.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn place(&self, upload: Upload, memory: usize) -> Result<(ListFile, Place)> {
        let turn = self.0.places.turn(Some(upload.organization)).await?;
        let memory = self.lend(memory.min(self.0.bounds.memory_bytes)).await?;
        let Upload { mut file, media_type, dry_run, slot, .. } = upload;
        file.rewind().map_err(Error::internal)?;
        Ok((
            ListFile { file, media_type, dry_run },
            Place { _turn: turn, _memory: memory, _slot: Some(slot) },
        ))
    }

    async fn lend(&self, bytes: usize) -> Result<OwnedSemaphorePermit> {
        let bounds = &self.0.bounds;
        if bytes > bounds.memory_bytes {
            return Err(TableError::TooLarge(format!("{} MiB in memory", bounds.memory_bytes >> 20)).into());
        }
        let pieces = u32::try_from(pieces(bytes)).unwrap_or(u32::MAX);
        Arc::clone(&self.0.memory).acquire_many_owned(pieces).await.map_err(Error::internal)
    }
}

fn pieces(bytes: usize) -> usize {
    (bytes / PIECE).clamp(1, u32::MAX as usize)
}

#[cfg(test)]
mod tests;
