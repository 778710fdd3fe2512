//! Why a file is not taken, each with its reason in the contract.

use careway_service::{Error, SharedReason};

use crate::media_type::UnknownType;

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FileRefusal {
    #[error("A document has at most {} MiB.", .most >> 20)]
    TooLarge { most: u64 },
    #[error(transparent)]
    Type(#[from] UnknownType),
    #[error("What arrived is not what the digest says; send it again.")]
    DigestMismatch,
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

impl From<UnknownType> for Error {
    fn from(refusal: UnknownType) -> Self {
        FileRefusal::from(refusal).into()
    }
}
