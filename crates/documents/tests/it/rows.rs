//! A place, a store of documents in it, and rows in memory.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use careway_documents::{Content, DocumentArgs, DocumentRows, DocumentStore, WrappingKeys};
use careway_kernel::{Clock, DocumentId};
use careway_service::Result;
use clap::Parser;
use futures::TryStreamExt;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

#[derive(Parser)]
struct Told {
    #[command(flatten)]
    documents: DocumentArgs,
}

/// The documents of a service in this place, told more like `--documents-max-mib=1`.
pub(crate) fn open(place: impl AsRef<Path>, service: &'static str, more: &[&str]) -> DocumentStore {
    let place = format!("--documents-place={}", place.as_ref().display());
    let told = ["test", &place, "--documents-keys=the-first-key-of-documents-of-the-tests"];
    let told = told.iter().filter(|told| {
        let name = told.split('=').next().unwrap();
        !more.iter().any(|more| more.starts_with(&format!("{name}=")))
    });
    let settings = Told::parse_from(told.chain(more)).documents.0;
    DocumentStore::open(settings, service, TaskTracker::new()).unwrap()
}

/// A file that is a PDF as far as anybody looks, of this size.
pub(crate) fn pdf(size: usize) -> Vec<u8> {
    let mut file: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
    file[..9].copy_from_slice(b"%PDF-1.7\n");
    file
}

/// The rows of a database of its own.
#[derive(Clone)]
pub(crate) struct Rows {
    pub(crate) database: Uuid,
    pub(crate) contents: Arc<Mutex<BTreeMap<DocumentId, Content>>>,
}

impl Rows {
    pub(crate) fn new() -> Self {
        Self { database: Uuid::new_v4(), contents: Arc::default() }
    }

    pub(crate) fn content(&self, document: DocumentId) -> Content {
        self.contents.lock().unwrap()[&document].clone()
    }

    /// Uploads a file and inserts its row.
    pub(crate) async fn add(&self, store: &DocumentStore, file: &[u8]) -> DocumentId {
        let (document, content) = upload(store, file).await.unwrap();
        self.contents.lock().unwrap().insert(document, content);
        document
    }

    /// What a part of a document reads as.
    pub(crate) async fn read(
        &self,
        store: &DocumentStore,
        document: DocumentId,
        part: std::ops::Range<u64>,
    ) -> Result<Vec<u8>> {
        let pieces = store.read(document, &self.content(document), part).await?;
        Ok(pieces.try_collect::<Vec<Bytes>>().await?.concat())
    }

    /// Whether the whole of a document can be read.
    pub(crate) async fn reads(&self, store: &DocumentStore, document: DocumentId) -> bool {
        self.read(store, document, 0..self.content(document).size).await.is_ok()
    }
}

/// Uploads a file, whose object stays whether or not a row comes to name it.
pub(crate) async fn upload(store: &DocumentStore, file: &[u8]) -> Result<(DocumentId, Content)> {
    let document = DocumentId::new(&Clock::system());
    let mut upload = store.begin_upload(document, Some(file.len() as u64), None).await?;
    for piece in file.chunks(100_000) {
        upload.take(Bytes::copy_from_slice(piece)).await?;
    }
    let received = upload.finish(None).await?;
    received.object.persist();
    Ok((document, received.content))
}

impl DocumentRows for Rows {
    async fn database_id(&self) -> Result<Uuid> {
        Ok(self.database)
    }

    async fn list_unknown(&self, ids: &[DocumentId]) -> Result<Vec<DocumentId>> {
        let contents = self.contents.lock().unwrap();
        Ok(ids.iter().copied().filter(|id| !contents.contains_key(id)).collect())
    }

    async fn rewrap(&self, keys: &WrappingKeys, most: usize) -> Result<usize> {
        let mut contents = self.contents.lock().unwrap();
        let old = contents.iter().filter(|(_, content)| content.key.key_id != keys.newest());
        let old: Vec<_> = old.map(|(id, content)| (*id, content.key.clone())).take(most).collect();
        let rewrapped = keys.rewrap(&old);
        for (id, key) in &rewrapped {
            contents.get_mut(id).unwrap().key = key.clone();
        }
        Ok(rewrapped.len())
    }
}

/// What lies in a folder, by its names, in their order.
pub(crate) fn files(folder: &Path) -> Vec<String> {
    fn walk(folder: &Path, root: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match entry.is_dir() {
                true => walk(&entry, root, found),
                false => found.push(entry.strip_prefix(root).unwrap().to_str().unwrap().to_owned()),
            }
        }
    }
    let mut found = Vec::new();
    walk(folder, folder, &mut found);
    found.sort();
    found
}
