//! Lists that people upload: received whole to a temporary file before they take a place, then read within a bound on memory.
//!
//! ```text
//! let upload = app.imports.receive(payer, limits.bytes, pieces, |piece| (piece.dry_run, piece.file)).await?;
//! let dry_run = upload.dry_run;
//! let Held { value: list, place } =
//!     app.imports.read(upload, limits, move |file, media_type| Ok(table::read_list(file, media_type, limits, COLUMNS)?)).await?;
//! ```
//! A slow upload holds a file and nothing else. Places to read in are few, and no organization has all of them. What reading
//! takes is known before it begins ([`table::memory`]), and all imports of a process share one bound on it. The [`Place`] is
//! kept for as long as what was read is in memory.

mod fair;
mod receive;

use std::{fs::File, sync::Arc, time::Duration};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    Error, Result,
    table::{self, Limits, TableError},
};
use fair::{Fair, Turn};

pub use receive::Upload;

/// Memory is lent in pieces of this size.
const PIECE: usize = 64 << 10;

/// What imports may cost a process.
#[derive(Debug, Clone, Copy)]
pub struct ImportBounds {
    /// An upload of which nothing comes for so long is cut off.
    pub idle: Duration,
    /// An upload that is not whole after so long is cut off.
    pub whole: Duration,
    /// Uploads of one organization at a time; more of them wait.
    pub uploads_each: usize,
    /// Lists that are read at a time.
    pub places: usize,
    /// Lists of one organization that are read at a time: fewer than all, so that others have a place.
    pub places_each: usize,
    /// Memory that all lists together may take.
    pub memory_bytes: usize,
}

impl Default for ImportBounds {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(15),
            whole: Duration::from_secs(300),
            uploads_each: 8,
            places: 4,
            places_each: 2,
            memory_bytes: 256 << 20,
        }
    }
}

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

/// A place among the imports, and the memory that was lent; given back when it is dropped.
pub struct Place {
    _turn: Turn,
    _memory: OwnedSemaphorePermit,
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

    /// Reads an upload once it has a place and the memory for it. `read` gets the file from its beginning and its media type, and
    /// runs where it may take the processor's time.
    ///
    /// # Errors
    /// `FILE_TOO_LARGE` when it would take more memory than all imports may; whatever `read` says.
    pub async fn read<T: Send + 'static>(
        &self,
        upload: Upload,
        limits: Limits,
        read: impl FnOnce(File, &str) -> Result<T> + Send + 'static,
    ) -> Result<Held<T>> {
        let inner = &self.0;
        let turn = inner.places.turn(upload.organization).await?;
        // The turn goes with the work: should the caller leave, it is free when the work is done, not before.
        let measure = move || {
            let mut upload = upload;
            let needed = table::memory(&mut upload.file, limits);
            (upload, needed, turn)
        };
        let (upload, needed, turn) = tokio::task::spawn_blocking(measure).await.map_err(Error::internal)?;
        let memory = self.lend(needed?).await?;
        let work = move || {
            let Upload { file, media_type, slot, .. } = upload;
            let value = read(file, &media_type);
            drop(slot);
            value.map(|value| Held { value, place: Place { _turn: turn, _memory: memory } })
        };
        tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
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
