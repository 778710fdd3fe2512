//! Why lines of care say no.

/// The same care of the same day counts once. Whoever decided on what was locked for adjudication never hears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Care of this day was claimed already.")]
pub(crate) struct ClaimedAlready;
