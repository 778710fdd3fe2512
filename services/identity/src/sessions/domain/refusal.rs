//! Why signing in says no.

/// Why signing in says no. One refusal may have several causes that a stranger must not tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// Unknown address, wrong password, disabled account, suspended organization.
    #[error("The e-mail address or the password is wrong, or the account cannot sign in.")]
    CredentialsRejected,
    #[error("This account has a second factor: send totpCode.")]
    TotpRequired,
    /// Unknown, used, expired or ended: sign in again.
    #[error("The session has ended. Sign in again.")]
    SessionEnded,
    #[error("The client or its secret is wrong.")]
    InvalidClient,
    #[error("A new key is about to sign already.")]
    RotationUnderWay,
}
