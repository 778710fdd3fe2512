//! Why an opt-out is not noted.

/// The opt-out is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OptOutRefusal {
    #[error("The participant has no contact of this channel.")]
    NoSuchContact,
}
