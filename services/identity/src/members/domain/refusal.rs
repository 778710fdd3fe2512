//! Why members say no.

use super::NotEligible;

/// Why members say no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("Another member has this member number.")]
    NumberTaken,
    #[error("Another member has this national id.")]
    NationalIdTaken,
    #[error(transparent)]
    Principal(#[from] NotEligible),
    #[error("The member's codes are not locked.")]
    NotLocked,
}
