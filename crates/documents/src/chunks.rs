//! A document sealed in chunks, so that any part of it opens alone and nothing of it can be changed unnoticed.
//!
//! The object has nothing but chunks, one after the other: 64 KiB of content, the last less but never nothing, each
//! sealed with AES-256-GCM under the document's own random key and followed by its tag of 16 bytes.
//!
//! ```text
//! nonce (12 bytes)   the chunk's number, 8 bytes big-endian | 1 for the last chunk, else 0 | 0 0 0
//! bound to it        "careway/document/v1" | the document's id, 16 bytes
//! ```
//!
//! The key seals one document, so no nonce comes twice. A chunk that was moved has another number; one that became the
//! last by truncation was not sealed as the last; one of another document was sealed with another key. The row knows the
//! size, so every chunk's place is known without reading any.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use bytes::{Bytes, BytesMut};
use careway_kernel::{DocumentId, random};
use careway_service::{Error, Result};
use futures::{Stream, StreamExt, stream};
use zeroize::Zeroizing;

use crate::sealed_layout::{CHUNK, Layout, Part, TAG};

const CHUNK_BYTES: usize = CHUNK as usize;
const TAG_BYTES: usize = TAG as usize;
const CONTEXT: &[u8] = b"careway/document/v1";

/// What one document is sealed with.
#[derive(Clone)]
pub(crate) struct DataKey(Zeroizing<[u8; 32]>);

impl DataKey {
    /// A new one.
    pub(crate) fn random() -> Self {
        Self(Zeroizing::new(random::bytes()))
    }

    /// One that was kept.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    pub(crate) fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The cipher of one document.
struct Cipher {
    key: LessSafeKey,
    bound: [u8; CONTEXT.len() + 16],
}

impl Cipher {
    fn new(key: &DataKey, document: DocumentId) -> Result<Self> {
        let key =
            UnboundKey::new(&AES_256_GCM, key.expose()).map_err(|_| broken(document, "has no usable key"))?;
        let mut bound = [0; CONTEXT.len() + 16];
        bound[..CONTEXT.len()].copy_from_slice(CONTEXT);
        bound[CONTEXT.len()..].copy_from_slice(document.uuid().as_bytes());
        Ok(Self { key: LessSafeKey::new(key), bound })
    }

    fn aad(&self) -> Aad<&[u8]> {
        Aad::from(&self.bound[..])
    }
}

fn nonce(index: u64, last: bool) -> Nonce {
    let mut nonce = [0; 12];
    nonce[..8].copy_from_slice(&index.to_be_bytes());
    nonce[8] = last.into();
    Nonce::assume_unique_for_key(nonce)
}

fn broken(document: DocumentId, what: &str) -> Error {
    Error::internal(anyhow::anyhow!("document {document} {what}"))
}

/// Seals a document while it comes in.
pub(crate) struct Sealing {
    document: DocumentId,
    cipher: Cipher,
    next: u64,
    /// At most a chunk, held back until it is known whether it is the last.
    held: BytesMut,
}

impl Sealing {
    pub(crate) fn new(key: &DataKey, document: DocumentId) -> Result<Self> {
        let held = BytesMut::with_capacity(CHUNK_BYTES + TAG_BYTES);
        Ok(Self { document, cipher: Cipher::new(key, document)?, next: 0, held })
    }

    /// Takes content and gives the chunk that it completes, if it does; to be asked again until all content is taken.
    pub(crate) fn take(&mut self, content: &mut Bytes) -> Result<Option<Bytes>> {
        let complete = if self.held.len() == CHUNK_BYTES && !content.is_empty() {
            Some(self.seal(false)?)
        } else {
            None
        };
        let taken = content.split_to(content.len().min(CHUNK_BYTES - self.held.len()));
        self.held.extend_from_slice(&taken);
        Ok(complete)
    }

    /// The last chunk.
    pub(crate) fn finish(mut self) -> Result<Bytes> {
        self.seal(true)
    }

    fn seal(&mut self, last: bool) -> Result<Bytes> {
        let mut chunk = std::mem::replace(&mut self.held, BytesMut::with_capacity(CHUNK_BYTES + TAG_BYTES));
        let tag = self
            .cipher
            .key
            .seal_in_place_separate_tag(nonce(self.next, last), self.cipher.aad(), &mut chunk)
            .map_err(|_| broken(self.document, "cannot be sealed"))?;
        chunk.extend_from_slice(tag.as_ref());
        self.next += 1;
        Ok(chunk.freeze())
    }
}

/// The content of a part, from the sealed bytes of its chunks.
pub(crate) fn open(
    key: &DataKey,
    document: DocumentId,
    layout: Layout,
    part: Part,
    sealed: impl Stream<Item = Result<Bytes>> + Send + Unpin + 'static,
) -> Result<impl Stream<Item = Result<Bytes>> + Send + 'static> {
    let opening = Opening {
        document,
        cipher: Cipher::new(key, document)?,
        layout,
        next: part.first,
        skip: usize::try_from(part.skip).map_err(Error::internal)?,
        left: part.length,
        read: BytesMut::with_capacity(2 * CHUNK_BYTES),
        sealed,
    };
    Ok(stream::try_unfold(opening, |mut opening| async move {
        Ok(opening.next().await?.map(|content| (content, opening)))
    }))
}

struct Opening<S> {
    document: DocumentId,
    cipher: Cipher,
    layout: Layout,
    next: u64,
    /// Content of the next chunk that comes before the part.
    skip: usize,
    /// Content that is still wanted.
    left: u64,
    read: BytesMut,
    sealed: S,
}

impl<S: Stream<Item = Result<Bytes>> + Unpin> Opening<S> {
    async fn next(&mut self) -> Result<Option<Bytes>> {
        if self.left == 0 {
            return Ok(None);
        }
        let wanted = usize::try_from(self.layout.sealed_chunk(self.next)).map_err(Error::internal)?;
        while self.read.len() < wanted {
            let more = self.sealed.next().await.ok_or_else(|| broken(self.document, "ends too early"))??;
            self.read.extend_from_slice(&more);
        }
        let mut chunk = self.read.split_to(wanted);
        let last = self.next + 1 == self.layout.chunks();
        self.cipher
            .key
            .open_in_place(nonce(self.next, last), self.cipher.aad(), &mut chunk)
            .map_err(|_| broken(self.document, "does not open: it was changed, or its key was"))?;
        chunk.truncate(wanted - TAG_BYTES);
        let mut content = chunk.freeze().split_off(std::mem::take(&mut self.skip));
        content.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.left -= content.len() as u64;
        self.next += 1;
        Ok(Some(content))
    }
}

#[cfg(test)]
mod tests {
    use futures::{TryStreamExt, executor::block_on};
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    const DOCUMENT: DocumentId = DocumentId::from_uuid(Uuid::from_u128(7));

    fn content(size: usize) -> Vec<u8> {
        (0..size).map(|at| (at * 31 % 251) as u8).collect()
    }

    fn sealed(key: &DataKey, document: DocumentId, content: &[u8], piece: usize) -> Vec<u8> {
        let mut sealing = Sealing::new(key, document).unwrap();
        let mut sealed = Vec::new();
        for piece in content.chunks(piece) {
            let mut piece = Bytes::copy_from_slice(piece);
            while !piece.is_empty() {
                sealed.extend(sealing.take(&mut piece).unwrap().unwrap_or_default());
            }
        }
        sealed.extend(sealing.finish().unwrap());
        sealed
    }

    fn opened(
        key: &DataKey,
        document: DocumentId,
        size: u64,
        of: std::ops::Range<u64>,
        object: &[u8],
    ) -> Result<Vec<u8>> {
        let layout = Layout::of(size);
        let part = layout.part(of);
        let at = part.sealed.start as usize..(part.sealed.end as usize).min(object.len());
        let pieces: Vec<_> = object[at].chunks(5000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        let opened = open(key, document, layout, part, stream::iter(pieces))?;
        Ok(block_on(opened.try_collect::<Vec<_>>())?.concat())
    }

    #[test]
    fn what_was_changed_does_not_open() {
        let (key, size) = (DataKey::random(), 3 * CHUNK);
        let object = sealed(&key, DOCUMENT, &content(3 * CHUNK_BYTES), 70_000);
        let step = CHUNK_BYTES + TAG_BYTES;
        let whole = |object: &[u8], size: u64| opened(&key, DOCUMENT, size, 0..size, object);
        assert!(whole(&object, size).is_ok());

        let mut flipped = object.clone();
        flipped[step + 5] ^= 1;
        assert!(whole(&flipped, size).is_err());
        assert!(opened(&key, DOCUMENT, size, 0..CHUNK, &flipped).is_ok(), "the first chunk is as it was");

        let swapped = [&object[step..2 * step], &object[..step], &object[2 * step..]].concat();
        assert!(whole(&swapped, size).is_err(), "in another order");
        assert!(whole(&object[..2 * step], size).is_err(), "cut off");
        assert!(whole(&object[..2 * step], 2 * CHUNK).is_err(), "cut off, and the row with it");
        assert!(opened(&key, DocumentId::from_uuid(Uuid::from_u128(8)), size, 0..size, &object).is_err());
        assert!(opened(&DataKey::random(), DOCUMENT, size, 0..size, &object).is_err());
    }

    #[test]
    fn the_same_content_is_sealed_otherwise_each_time() {
        let content = content(1000);
        let one = sealed(&DataKey::random(), DOCUMENT, &content, 1000);
        let other = sealed(&DataKey::random(), DOCUMENT, &content, 1000);
        assert_ne!(one, other);
        assert!(!one.windows(8).any(|window| window == &content[..8]));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn any_part_opens_alone(
            size in 1..3 * CHUNK + 10, piece in 1_usize..200_000, from in any::<u64>(), to in any::<u64>(),
        ) {
            let (key, content) = (DataKey::random(), content(size as usize));
            let object = sealed(&key, DOCUMENT, &content, piece);
            prop_assert_eq!(object.len() as u64, Layout::of(size).sealed_size());
            let start = from % size;
            let end = start + 1 + to % (size - start);
            let part = opened(&key, DOCUMENT, size, start..end, &object).unwrap();
            prop_assert!(part == content[start as usize..end as usize]);
        }
    }
}
