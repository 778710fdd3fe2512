//! A document on its way in: every piece is looked at, counted, hashed, shown to the scanner, sealed and written, and
//! then forgotten, so that a large document takes no more memory than a small one.

use std::time::Duration;

use bytes::Bytes;
use careway_kernel::{DocumentId, OrganizationId, Violations};
use careway_service::{Error, NotWritten, Result, SharedReason, Turn};
use sha2::{Digest, Sha256};
use tokio::time::timeout;

use crate::{
    DocumentStore,
    chunks::{DataKey, Sealing},
    content::Content,
    media_type::{MediaType, Sniffer},
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
    /// Bytes at most.
    most: u64,
    sniffer: Sniffer,
    /// Whatever it is, it is taken.
    of_any_type: bool,
    /// What it is, once the sniffer gave up.
    media_type: Option<MediaType>,
    hash: Sha256,
    scan: Option<Scan>,
    key: DataKey,
    sealing: Sealing,
    incoming: Incoming,
    _turn: Turn,
}

/// A document that came in whole, and is kept once its object persists.
pub struct Received {
    /// What the row keeps of it.
    pub content: Content,
    /// Where it is.
    pub object: NewObject,
}

impl DocumentStore {
    /// Begins to take a document in, in one of the turns of whose it is; none where it is Careway's own.
    ///
    /// # Errors
    /// `OVERLOADED`; `SCANNER_UNAVAILABLE`; refused as too large when the length that was told is too much already.
    pub async fn begin_upload(
        &self,
        id: DocumentId,
        told_length: Option<u64>,
        of: Option<OrganizationId>,
    ) -> Result<Upload<'_>, NotWritten<FileRefusal>> {
        let most = self.settings.max_bytes().min(self.most);
        check_size(told_length.unwrap_or_default(), most)?;
        let turn = self.turn(of).await?;
        let scan = match &self.scanner {
            Some(scanner) => Some(scanner.open().await?),
            None => None,
        };
        Ok(self.begin((id, told_length), most, scan, turn)?)
    }

    /// Begins to take in what comes from elsewhere and is evidence, such as a whole mail: whatever it is, and unseen by the
    /// scanner, which is shown what is given out of it. How large it may be is the caller's to say.
    ///
    /// # Errors
    /// `OVERLOADED`.
    pub async fn begin_original(&self, id: DocumentId, length: u64) -> Result<Upload<'_>> {
        let turn = self.turn(None).await?;
        Ok(self.begin((id, Some(length)), u64::MAX, None, turn)?.of_any_type())
    }

    async fn turn(&self, of: Option<OrganizationId>) -> Result<Turn> {
        timeout(PATIENCE, self.turns.turn(of)).await.map_err(|_| overloaded())?
    }

    fn begin(
        &self,
        (id, told_length): (DocumentId, Option<u64>),
        most: u64,
        scan: Option<Scan>,
        turn: Turn,
    ) -> Result<Upload<'_>> {
        let key = DataKey::random();
        Ok(Upload {
            documents: self,
            id,
            told_length,
            size: 0,
            most,
            sniffer: Sniffer::default(),
            of_any_type: false,
            media_type: None,
            hash: Sha256::new(),
            scan,
            sealing: Sealing::new(&key, id)?,
            key,
            incoming: self.objects.begin(id),
            _turn: turn,
        })
    }
}

impl Upload<'_> {
    /// Takes it whatever its type is: what is none of those that are known is [`MediaType::Unknown`].
    #[must_use]
    pub fn of_any_type(mut self) -> Self {
        self.of_any_type = true;
        self
    }

    /// Takes the next piece.
    ///
    /// # Errors
    /// Refused as too large or of no type that is taken, as soon as that shows.
    pub async fn take(&mut self, mut piece: Bytes) -> Result<(), NotWritten<FileRefusal>> {
        while !piece.is_empty() {
            let mut step = piece.split_to(piece.len().min(STEP));
            self.size += step.len() as u64;
            check_size(self.size, self.most)?;
            if self.media_type.is_none() {
                match self.sniffer.take(&step) {
                    Err(_) if self.of_any_type => self.media_type = Some(MediaType::Unknown),
                    outcome => outcome.map_err(FileRefusal::Type)?,
                }
            }
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
    /// Refused for what it is; `INCOMPLETE_BODY`; nothing at all was sent; `SCANNER_UNAVAILABLE`, `DOCUMENTS_UNAVAILABLE`.
    pub async fn finish(
        mut self,
        told_digest: Option<[u8; 32]>,
    ) -> Result<Received, NotWritten<FileRefusal>> {
        if self.told_length.is_some_and(|told| told != self.size) {
            let message = "The document is not as long as it was said to be; send it again.";
            return Err(Error::new(SharedReason::IncompleteBody, message).into());
        }
        if self.size == 0 {
            return Err(Error::from(Violations::one("", "must not be empty")).into());
        }
        let media_type = match (self.media_type, self.sniffer.finish()) {
            (Some(found), _) | (None, Ok(found)) => found,
            (None, Err(_)) if self.of_any_type => MediaType::Unknown,
            (None, Err(unknown)) => return Err(FileRefusal::Type(unknown).into()),
        };
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

fn check_size(size: u64, most: u64) -> Result<(), FileRefusal> {
    if size <= most { Ok(()) } else { Err(FileRefusal::TooLarge { most }) }
}

fn overloaded() -> Error {
    let message = "So many documents are coming in that there is no place for another now; try again.";
    Error::new(SharedReason::Overloaded, message).retry_after(Duration::from_secs(5))
}
