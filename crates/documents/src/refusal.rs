//! Why a file is not taken, each with its reason in the contract.

use careway_service::{Error, NotWritten, SharedReason};

use crate::media_type::UnknownType;

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileRefusal {
    /// It is larger than is taken.
    #[error("A document has at most {} MiB.", .most >> 20)]
    TooLarge {
        /// Bytes at most.
        most: u64,
    },
    /// It is of no type that is taken.
    #[error(transparent)]
    Type(#[from] UnknownType),
    /// It is not what it was said to be.
    #[error("What arrived is not what the digest says; send it again.")]
    DigestMismatch,
    /// The virus scanner found something.
    #[error("The virus scanner refused the document.")]
    Infected,
}

impl From<FileRefusal> for Error {
    fn from(refusal: FileRefusal) -> Self {
        let refused = |reason| Self::new(reason, refusal.to_string());
        match refusal {
            FileRefusal::TooLarge { most } => refused(SharedReason::DocumentTooLarge).with("maxBytes", most),
            FileRefusal::Type(_) => refused(SharedReason::DocumentTypeRefused),
            FileRefusal::DigestMismatch => refused(SharedReason::DigestMismatch),
            FileRefusal::Infected => refused(SharedReason::DocumentInfected),
        }
    }
}

impl From<FileRefusal> for NotWritten<FileRefusal> {
    fn from(refusal: FileRefusal) -> Self {
        Self::Refused(refusal)
    }
}
