//! What a service's row keeps of a document's content, and gives back to read it.

use crate::media_type::MediaType;

/// What the file is, and the key it is sealed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// As it was found to be.
    pub media_type: MediaType,
    /// Bytes; never 0.
    pub size: u64,
    /// Of the content.
    pub sha256: [u8; 32],
    /// The document's own.
    pub key: WrappedKey,
}

/// A document's own key, sealed with one of the keys of the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedKey {
    /// Which of them.
    pub key_id: String,
    /// The key.
    pub sealed: Vec<u8>,
}
