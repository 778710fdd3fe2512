//! A service's objects in the place of the settings. An object is named after its document and has nothing but its
//! sealed content.

use std::{ops::Range, sync::Arc, time::Duration};

use bytes::Bytes;
use careway_kernel::DocumentId;
use careway_service::{Error, Result, SharedReason};
use chrono::{DateTime, NaiveDate, Utc};
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{GetOptions, GetRange, ObjectStoreExt, buffered::BufWriter, path::Path};
use tokio::{io::AsyncWriteExt, runtime::Handle};
use tokio_util::task::TaskTracker;

use crate::{
    names::{Name, Names, without_prefix},
    place::{self, Place},
    sealed_layout::Layout,
    settings::DocumentSettings,
};

/// Bytes of a part: the least that S3 takes. What is smaller as a whole is written at once.
const PART: usize = 5 << 20;
/// Parts of one upload that are on their way at once.
const PARTS: usize = 2;

/// The objects. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Objects {
    place: Place,
    names: Names,
    background_tasks: TaskTracker,
}

impl Objects {
    /// Opens the place of the settings. Short work goes on among the background tasks.
    pub(crate) fn open(
        settings: &DocumentSettings,
        service: &'static str,
        background_tasks: TaskTracker,
    ) -> anyhow::Result<Self> {
        Ok(Self { place: Place::open(settings)?, names: Names(service), background_tasks })
    }

    /// Begins to write a document's object.
    pub(crate) fn begin(&self, document: DocumentId) -> Incoming {
        let path = self.names.path(Name::Document(document));
        let writer = BufWriter::with_capacity(Arc::clone(&self.place.store), path, PART);
        Incoming { writer: Some(writer.with_max_concurrency(PARTS)), objects: self.clone(), document }
    }

    /// Reads a part of a document's object.
    pub(crate) async fn read(
        &self,
        document: DocumentId,
        layout: Layout,
        part: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes>>> {
        for path in [self.names.path(Name::Document(document)), without_prefix(document)] {
            let range = Some(GetRange::Bounded(part.clone()));
            match self.place.store.get_opts(&path, GetOptions { range, ..GetOptions::default() }).await {
                Ok(found) if found.meta.size != layout.sealed_size() => {
                    return Err(damaged(document, "has an object of another size"));
                }
                Ok(found) => return Ok(found.into_stream().map_err(away).boxed()),
                Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(away(error)),
            }
        }
        Err(damaged(document, "has no object"))
    }

    /// Removes an object, if it is there.
    pub(crate) async fn remove(&self, name: Name) -> Result<()> {
        unless_gone(self.place.store.delete(&self.names.path(name)).await)
    }

    /// Removes a document's object without being waited for; what fails is swept later.
    pub(crate) fn discard(&self, document: DocumentId) {
        let objects = self.clone();
        self.run(async move {
            if objects.remove(Name::Document(document)).await.is_err() {
                tracing::warn!(%document, "an object that no row names was not removed; it will be swept");
            }
        });
    }

    /// Every object, and when it was written.
    pub(crate) fn list(&self) -> BoxStream<'static, Result<(Name, DateTime<Utc>)>> {
        let names = self.names;
        let all = self.place.store.list(Some(&names.prefix())).try_filter_map(move |object| async move {
            Ok(names.read(&object.location).map(|name| (name, object.last_modified)))
        });
        all.map_err(away).boxed()
    }

    /// Sets a document's object aside, where it is not read any more.
    pub(crate) async fn set_aside(&self, document: DocumentId, day: NaiveDate) -> Result<()> {
        self.rename(Name::Document(document), Name::Swept(day, document)).await
    }

    /// Puts an object that was set aside back to where it is read.
    pub(crate) async fn bring_back(&self, day: NaiveDate, document: DocumentId) -> Result<()> {
        self.rename(Name::Swept(day, document), Name::Document(document)).await
    }

    /// Another replica may have done the same.
    async fn rename(&self, from: Name, to: Name) -> Result<()> {
        unless_gone(self.place.store.rename(&self.names.path(from), &self.names.path(to)).await)
    }

    /// Whose the objects are, as the place says.
    pub(crate) async fn find_owner(&self) -> Result<Option<String>> {
        let found = match self.place.store.get(&self.names.owner()).await {
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            found => found.map_err(away)?,
        };
        let text = found.bytes().await.map_err(away)?;
        Ok(Some(String::from_utf8_lossy(&text).trim().to_owned()))
    }

    /// Says in the place whose the objects are.
    pub(crate) async fn set_owner(&self, owner: &str) -> Result<()> {
        let written = self.place.store.put(&self.names.owner(), owner.to_owned().into()).await;
        written.map(drop).map_err(away)
    }

    /// Where the place says whose the objects are.
    pub(crate) fn owner_path(&self) -> Path {
        self.names.owner()
    }

    /// Removes the files of uploads that a crash ended before that instant; how many. A bucket drops unfinished uploads
    /// by a rule of its own.
    pub(crate) async fn remove_unfinished(&self, before: DateTime<Utc>) -> Result<usize> {
        let Some(folder) = &self.place.folder else { return Ok(0) };
        let folder = folder.join(self.names.0);
        let removing = tokio::task::spawn_blocking(move || place::remove_unfinished(&folder, before));
        removing.await.map_err(Error::internal)?.map_err(away)
    }

    fn run(&self, task: impl Future<Output = ()> + Send + 'static) {
        // Where nothing can run, the process is ending: what stays is swept.
        if Handle::try_current().is_ok() {
            self.background_tasks.spawn(task);
        }
    }
}

/// An object that is being written. Dropped before its end, nothing of it stays.
pub(crate) struct Incoming {
    writer: Option<BufWriter>,
    objects: Objects,
    document: DocumentId,
}

impl Incoming {
    /// Writes on.
    pub(crate) async fn put(&mut self, sealed: Bytes) -> Result<()> {
        match &mut self.writer {
            Some(writer) => writer.put(sealed).await.map_err(away),
            None => Err(damaged(self.document, "is written after its end")),
        }
    }

    /// The whole object, from now on where it can be read.
    pub(crate) async fn finish(mut self) -> Result<NewObject> {
        let object = NewObject { objects: self.objects.clone(), document: self.document, persistent: false };
        if let Some(mut writer) = self.writer.take() {
            writer.shutdown().await.map_err(away)?;
        }
        Ok(object)
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        let Some(mut writer) = self.writer.take() else { return };
        self.objects.run(async move {
            if let Err(error) = writer.abort().await {
                tracing::warn!(%error, "an upload that broke off was not taken back; it will be swept");
            }
        });
    }
}

/// An object that no row names yet. Dropped so, it is removed.
pub struct NewObject {
    objects: Objects,
    document: DocumentId,
    persistent: bool,
}

impl NewObject {
    /// A row is about to name it.
    pub fn persist(mut self) {
        self.persistent = true;
    }
}

impl Drop for NewObject {
    fn drop(&mut self) {
        if !self.persistent {
            self.objects.discard(self.document);
        }
    }
}

fn unless_gone(outcome: object_store::Result<()>) -> Result<()> {
    match outcome {
        Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(away(error)),
    }
}

fn damaged(document: DocumentId, what: &str) -> Error {
    Error::internal(anyhow::anyhow!("document {document} {what}"))
}

fn away(error: impl std::fmt::Display) -> Error {
    tracing::error!(%error, "where documents are kept does not answer as it should");
    let message = "Where documents are kept does not answer now; try again.";
    Error::new(SharedReason::DocumentsUnavailable, message).retry_after(Duration::from_secs(5))
}
