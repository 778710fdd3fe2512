//! Where documents' objects are: a folder, or a bucket of any store that speaks S3. An object is named after its document
//! and has nothing but its sealed content.

use std::{fs, ops::Range, os::unix::fs::DirBuilderExt, path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context;
use bytes::Bytes;
use careway_contract::visits::v1;
use careway_kernel::DocumentId;
use careway_service::{Error, Result};
use chrono::{DateTime, Utc};
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{
    GetOptions, GetRange, ObjectStore, ObjectStoreExt, RetryConfig, aws::AmazonS3Builder,
    buffered::BufWriter, local::LocalFileSystem, path::Path, prefix::PrefixStore,
};
use tokio::{io::AsyncWriteExt, runtime::Handle};
use tokio_util::task::TaskTracker;

use super::{domain::sealed_layout::Layout, settings::DocumentSettings};

/// Bytes of a part: the least that S3 takes. What is smaller as a whole is written at once.
const PART: usize = 5 << 20;
/// Parts of one upload that are on their way at once.
const PARTS: usize = 2;

/// The store. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Depot {
    store: Arc<dyn ObjectStore>,
    /// When it is a folder.
    folder: Option<PathBuf>,
    errands: TaskTracker,
}

impl Depot {
    /// Opens the store of the settings; makes the folder when it is one. Short work goes on among the errands.
    pub(crate) fn open(settings: &DocumentSettings, errands: TaskTracker) -> anyhow::Result<Self> {
        if let Some(place) = settings.place.strip_prefix("s3://") {
            return Ok(Self { store: bucket(place, settings)?, folder: None, errands });
        }
        let folder = PathBuf::from(&settings.place);
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        made.with_context(|| format!("the folder {}", folder.display()))?;
        let store = LocalFileSystem::new_with_prefix(&folder)?.with_fsync(true);
        Ok(Self { store: Arc::new(store), folder: Some(folder), errands })
    }

    /// Begins to write a document's object.
    pub(crate) fn begin(&self, document: DocumentId) -> Incoming {
        let writer = BufWriter::with_capacity(Arc::clone(&self.store), path(document), PART);
        Incoming { writer: Some(writer.with_max_concurrency(PARTS)), depot: self.clone(), document }
    }

    /// Reads a part of a document's object.
    pub(crate) async fn read(
        &self,
        document: DocumentId,
        layout: Layout,
        part: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes>>> {
        let options = GetOptions { range: Some(GetRange::Bounded(part)), ..GetOptions::default() };
        let found = self.store.get_opts(&path(document), options).await.map_err(|error| match error {
            object_store::Error::NotFound { .. } => damaged(document, "has no object"),
            error => away(error),
        })?;
        if found.meta.size != layout.sealed_size() {
            return Err(damaged(document, "has an object of another size"));
        }
        Ok(found.into_stream().map_err(away).boxed())
    }

    /// Removes a document's object, if there is one.
    pub(crate) async fn remove(&self, document: DocumentId) -> Result<()> {
        match self.store.delete(&path(document)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(away(error)),
        }
    }

    /// Removes a document's object without being waited for; what fails is swept later.
    pub(crate) fn discard(&self, document: DocumentId) {
        let depot = self.clone();
        self.run(async move {
            if depot.remove(document).await.is_err() {
                tracing::warn!(%document, "an object that no row names was not removed; it will be swept");
            }
        });
    }

    /// Objects that were written before that instant.
    pub(crate) fn list_before(&self, before: DateTime<Utc>) -> BoxStream<'static, Result<DocumentId>> {
        let old = self.store.list(None).try_filter_map(move |object| async move {
            let document = object.location.filename().and_then(|name| DocumentId::parse(name).ok());
            let ours = |id: &DocumentId| object.location == path(*id) && object.last_modified < before;
            Ok(document.filter(ours))
        });
        old.map_err(away).boxed()
    }

    /// Removes the files of uploads that a crash ended before that instant; how many. A bucket drops unfinished uploads
    /// by a rule of its own.
    pub(crate) async fn remove_unfinished(&self, before: DateTime<Utc>) -> Result<usize> {
        let Some(folder) = self.folder.clone() else { return Ok(0) };
        let removing = tokio::task::spawn_blocking(move || remove_unfinished(&folder, before));
        removing.await.map_err(Error::internal)?.map_err(away)
    }

    fn run(&self, errand: impl Future<Output = ()> + Send + 'static) {
        // Where nothing can run, the process is ending: what stays is swept.
        if Handle::try_current().is_ok() {
            self.errands.spawn(errand);
        }
    }
}

/// An object that is being written. Dropped before its end, nothing of it stays.
pub(crate) struct Incoming {
    writer: Option<BufWriter>,
    depot: Depot,
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
    pub(crate) async fn finish(mut self) -> Result<Unclaimed> {
        let unclaimed = Unclaimed { depot: self.depot.clone(), document: self.document, claimed: false };
        if let Some(mut writer) = self.writer.take() {
            writer.shutdown().await.map_err(away)?;
        }
        Ok(unclaimed)
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        let Some(mut writer) = self.writer.take() else { return };
        self.depot.run(async move {
            if let Err(error) = writer.abort().await {
                tracing::warn!(%error, "an upload that broke off was not taken back; it will be swept");
            }
        });
    }
}

/// An object that no row names yet. Dropped so, it is removed.
pub(crate) struct Unclaimed {
    depot: Depot,
    document: DocumentId,
    claimed: bool,
}

impl Unclaimed {
    /// A row is about to name it.
    pub(crate) fn claim(mut self) {
        self.claimed = true;
    }
}

impl Drop for Unclaimed {
    fn drop(&mut self) {
        if !self.claimed {
            self.depot.discard(self.document);
        }
    }
}

/// Spread over folders, so that none grows too large to list.
fn path(document: DocumentId) -> Path {
    let id = document.to_string();
    Path::from_iter([&id[34..], &id])
}

fn bucket(place: &str, settings: &DocumentSettings) -> anyhow::Result<Arc<dyn ObjectStore>> {
    let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
    let retry =
        RetryConfig { max_retries: 3, retry_timeout: Duration::from_secs(20), ..RetryConfig::default() };
    let mut builder = match (&settings.s3_access_key_id, &settings.s3_secret_access_key) {
        (Some(id), Some(secret)) => {
            AmazonS3Builder::new().with_access_key_id(id).with_secret_access_key(secret.expose())
        }
        (None, None) => AmazonS3Builder::from_env(),
        _ => anyhow::bail!("an access key has an id and a secret"),
    };
    // Not every store deletes in bulk; every store deletes.
    builder = builder.with_bucket_name(bucket).with_retry(retry).with_disable_bulk_delete(true);
    if let Some(region) = &settings.s3_region {
        builder = builder.with_region(region);
    }
    if let Some(endpoint) = &settings.s3_endpoint {
        builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
    }
    let store = builder.build().context("the bucket")?;
    Ok(match prefix {
        "" => Arc::new(store),
        prefix => Arc::new(PrefixStore::new(store, prefix)),
    })
}

/// An upload's file has the object's name and `#<number>` until it is whole.
fn remove_unfinished(folder: &std::path::Path, before: DateTime<Utc>) -> std::io::Result<usize> {
    let mut removed = 0;
    for spread in fs::read_dir(folder)? {
        let spread = spread?;
        if !spread.file_type()?.is_dir() {
            continue;
        }
        for file in fs::read_dir(spread.path())? {
            let file = file?;
            let unfinished = file.file_name().to_str().and_then(|name| name.split_once('#')).is_some();
            if unfinished && DateTime::<Utc>::from(file.metadata()?.modified()?) < before {
                fs::remove_file(file.path())?;
                removed += 1;
            }
        }
    }
    Ok(removed)
}

fn damaged(document: DocumentId, what: &str) -> Error {
    Error::internal(anyhow::anyhow!("document {document} {what}"))
}

fn away(error: impl std::fmt::Display) -> Error {
    tracing::error!(%error, "where documents are kept does not answer as it should");
    let message = "Where documents are kept does not answer now; try again.";
    Error::new(v1::Reason::DocumentsUnavailable, message).retry_after(Duration::from_secs(5))
}
