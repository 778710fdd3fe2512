//! Why accounts say no.

/// Why accounts say no. One refusal may have several causes that a stranger must not tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// Unknown, used, expired or replaced.
    #[error("The link is not valid any more. Ask for a new one.")]
    LinkRejected,
    #[error("The person works for this organization already.")]
    AlreadyMember,
    #[error("The invitation is not accepted yet. Invite again to change it.")]
    InvitationPending,
    #[error("The organization needs one active administrator.")]
    LastAdministrator,
    #[error("You cannot give or take a role that may do more than you.")]
    RoleNotAllowed,
    /// Wrong, expired, or used before.
    #[error("The code is not valid. Each code is good once.")]
    TotpRejected,
    #[error("The second factor is on already.")]
    TotpAlreadyEnabled,
    #[error("There is no second factor.")]
    TotpNotEnrolled,
}
