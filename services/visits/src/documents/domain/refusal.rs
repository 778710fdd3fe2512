//! Why documents say no.

use careway_kernel::DocumentId;

/// Why documents say no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DocumentRefusal {
    #[error("The document was retracted already.")]
    Retracted,
    /// Of the visit that is to cite it.
    #[error("The visit has no such document, or it was retracted.")]
    Unknown(DocumentId),
}
