//! Why a participant cannot be changed so.

/// A field that only the authority changes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("This is the authority's to change: report a data issue.")]
pub(crate) struct AuthorityField {
    /// As it was named; none where the name is no name.
    pub(crate) field: Option<String>,
}
