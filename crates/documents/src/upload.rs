//! A document on its way in: every piece is looked at, counted, hashed, shown to the scanner, sealed and written, and
//! then forgotten, so that a large document takes no more memory than a small one.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use careway_kernel::{DocumentId, Violations};
use careway_service::{Error, Result, SharedReason};
use sha2::{Digest, Sha256};
use tokio::{sync::OwnedSemaphorePermit, time::timeout};

use crate::{
    DocumentStore,
    chunks::{DataKey, Sealing},
    content::Content,
    media_type::Sniffer,
    objects::{Incoming, NewObject},
    refusal::FileRefusal,
    scanner::Scan,
};

/// Pieces are shown and sealed so many bytes at a time, whatever they came in.
const STEP: usize = 64 << 10;
/// How long an upload waits for its turn.
const PATIENCE: Duration = Duration::from_secs(2);

/// A document that is coming in. Dropped, nothing of it stays.
pub struct Upload<'a> {
    documents: &'a DocumentStore,
    id: DocumentId,
    told_length: Option<u64>,
    size: u64,
    sniffer: Sniffer,
    hash: Sha256,
    scan: Option<Scan>,
    key: DataKey,
    sealing: Sealing,
    incoming: Incoming,
    _turn: OwnedSemaphorePermit,
}

/// A document that came in whole, and is kept once its object persists.
pub struct Received {
    /// What the row keeps of it.
    pub content: Content,
    /// Where it is.
    pub object: NewObject,
}

impl DocumentStore {
    /// Begins to take a document in.
    ///
    /// # Errors
    /// `OVERLOADED`; `SCANNER_UNAVAILABLE`; `DOCUMENT_TOO_LARGE` when the length that was told is too much already.
    pub async fn begin_upload(&self, id: DocumentId, told_length: Option<u64>) -> Result<Upload<'_>> {
        self.check_size(told_length.unwrap_or_default())?;
        let turn =
            timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned()).await.map_err(|_| overloaded())?;
        let scan = match &self.scanner {
            Some(scanner) => Some(scanner.open().await?),
            None => None,
        };
        let key = DataKey::random();
        Ok(Upload {
            documents: self,
            id,
            told_length,
            size: 0,
            sniffer: Sniffer::default(),
            hash: Sha256::new(),
            scan,
            sealing: Sealing::new(&key, id)?,
            key,
            incoming: self.objects.begin(id),
            _turn: turn.map_err(Error::internal)?,
        })
    }

    fn check_size(&self, size: u64) -> Result<()> {
        let most = self.settings.max_bytes();
        if size <= most {
            return Ok(());
        }
        Err(FileRefusal::TooLarge { most }.into())
    }
}

impl Upload<'_> {
    /// Takes the next piece.
    ///
    /// # Errors
    /// `DOCUMENT_TOO_LARGE` and `DOCUMENT_TYPE_REFUSED`, as soon as they show.
    pub async fn take(&mut self, mut piece: Bytes) -> Result<()> {
        while !piece.is_empty() {
            let mut step = piece.split_to(piece.len().min(STEP));
            self.size += step.len() as u64;
            self.documents.check_size(self.size)?;
            self.sniffer.take(&step)?;
            self.hash.update(&step);
            if let Some(scan) = &mut self.scan {
                scan.show(&step).await?;
            }
            while !step.is_empty() {
                if let Some(sealed) = self.sealing.take(&mut step)? {
                    self.incoming.put(sealed).await?;
                }
            }
        }
        Ok(())
    }

    /// The end of the document, which must have this SHA-256 if one was told. What is refused was never to be seen.
    ///
    /// # Errors
    /// `INCOMPLETE_BODY`, `DIGEST_MISMATCH`, `DOCUMENT_TYPE_REFUSED`, `DOCUMENT_INFECTED`; nothing at all was sent;
    /// `SCANNER_UNAVAILABLE`, `DOCUMENTS_UNAVAILABLE`.
    pub async fn finish(mut self, told_digest: Option<[u8; 32]>) -> Result<Received> {
        if self.told_length.is_some_and(|told| told != self.size) {
            let message = "The document is not as long as it was said to be; send it again.";
            return Err(Error::new(SharedReason::IncompleteBody, message));
        }
        if self.size == 0 {
            return Err(Violations::one("", "must not be empty").into());
        }
        let media_type = self.sniffer.finish()?;
        let sha256: [u8; 32] = self.hash.finalize().into();
        if told_digest.is_some_and(|told| told != sha256) {
            return Err(FileRefusal::DigestMismatch.into());
        }
        if let Some(scan) = self.scan {
            scan.verdict().await?;
        }
        let key = self.documents.keys.wrap(self.id, &self.key)?;
        self.incoming.put(self.sealing.finish()?).await?;
        let object = self.incoming.finish().await?;
        Ok(Received { content: Content { media_type, size: self.size, sha256, key }, object })
    }
}

fn overloaded() -> Error {
    let message = "So many documents are coming in that there is no place for another now; try again.";
    Error::new(SharedReason::Overloaded, message).retry_after(Duration::from_secs(5))
}
