//! Why an organization cannot be acted for yet.

/// Identity's news of a facility takes a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The facility was just registered; try again in a moment.")]
pub(crate) struct FacilityNotReady;
