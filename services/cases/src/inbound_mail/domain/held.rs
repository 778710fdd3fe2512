//! What is decided of a mail that was held.

/// Why it is not decided so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HeldMailRefusal {
    #[error("The mail was decided already.")]
    Decided,
    #[error("A mail that was not authenticated is for a lead of support to accept.")]
    LeadOnly,
}

/// Whether a held mail may be decided, by somebody who is a lead or not.
pub(crate) fn may_accept(
    is_decided: bool,
    is_authenticated: bool,
    is_lead: bool,
) -> Result<(), HeldMailRefusal> {
    match (is_decided, is_authenticated || is_lead) {
        (true, _) => Err(HeldMailRefusal::Decided),
        (false, false) => Err(HeldMailRefusal::LeadOnly),
        (false, true) => Ok(()),
    }
}
