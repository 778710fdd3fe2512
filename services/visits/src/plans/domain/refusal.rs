//! Why plans say no.

/// Why plans say no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PlanRefusal {
    #[error("The payer has no such plan, or not in this version.")]
    Unknown,
    #[error("Another plan has this code.")]
    CodeTaken,
}
