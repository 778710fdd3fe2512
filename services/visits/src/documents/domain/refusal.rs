//! Why documents say no.

use careway_kernel::DocumentId;

use super::media_type::UnknownType;

/// Why documents say no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DocumentRefusal {
    #[error("The document was retracted already.")]
    Retracted,
    /// Of the visit that is to cite it.
    #[error("The visit has no such document, or it was retracted.")]
    Unknown(DocumentId),
    #[error("A document has at most {} MiB.", .most >> 20)]
    TooLarge { most: u64 },
    #[error(transparent)]
    Type(#[from] UnknownType),
    #[error("What arrived is not what the digest says; send it again.")]
    DigestMismatch,
    #[error("The virus scanner refused the document.")]
    Infected,
}
