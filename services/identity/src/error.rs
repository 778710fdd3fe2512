//! Why identity says no: each refusal with its code and its stable reason.

use careway_service::{Error, Kind};

/// A refusal of the people half. What it must not tell, it does not tell: one reason may have several causes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// Unknown address, wrong password, disabled account, suspended organization.
    #[error("The e-mail address or the password is wrong, or the account cannot sign in.")]
    CredentialsRejected,
    #[error("This account has a second factor: send totpCode.")]
    TotpRequired,
    /// Wrong, expired, or used before.
    #[error("The code is not valid. Each code is good once.")]
    TotpRejected,
    /// Unknown, used, expired or ended: sign in again.
    #[error("The session has ended. Sign in again.")]
    SessionEnded,
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
    #[error("The second factor is on already.")]
    TotpAlreadyEnabled,
    #[error("There is no second factor.")]
    TotpNotEnrolled,
    #[error("The client or its secret is wrong.")]
    InvalidClient,
    #[error("A scope is more than allowed here.")]
    InvalidScope,
    #[error("Another organization has this code.")]
    CodeTaken,
    #[error("You cannot suspend your own organization.")]
    OwnOrganization,
    #[error("A new key is about to sign already.")]
    RotationUnderWay,
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let (kind, reason) = match refusal {
            Refusal::CredentialsRejected => (Kind::Unauthenticated, "CREDENTIALS_REJECTED"),
            Refusal::TotpRequired => (Kind::Unauthenticated, "TOTP_REQUIRED"),
            Refusal::TotpRejected => (Kind::Unauthenticated, "TOTP_REJECTED"),
            Refusal::SessionEnded => (Kind::Unauthenticated, "SESSION_ENDED"),
            Refusal::LinkRejected => (Kind::Unauthenticated, "LINK_REJECTED"),
            Refusal::AlreadyMember => (Kind::Conflict, "ALREADY_MEMBER"),
            Refusal::InvitationPending => (Kind::Refused, "INVITATION_PENDING"),
            Refusal::LastAdministrator => (Kind::Refused, "LAST_ADMINISTRATOR"),
            Refusal::RoleNotAllowed => (Kind::Forbidden, "ROLE_NOT_ALLOWED"),
            Refusal::TotpAlreadyEnabled => (Kind::Refused, "TOTP_ALREADY_ENABLED"),
            Refusal::TotpNotEnrolled => (Kind::Refused, "TOTP_NOT_ENROLLED"),
            Refusal::InvalidClient => (Kind::Unauthenticated, "INVALID_CLIENT"),
            Refusal::InvalidScope => (Kind::Unprocessable, "INVALID_SCOPE"),
            Refusal::CodeTaken => (Kind::Conflict, "CODE_TAKEN"),
            Refusal::OwnOrganization => (Kind::Refused, "OWN_ORGANIZATION"),
            Refusal::RotationUnderWay => (Kind::Refused, "ROTATION_UNDER_WAY"),
        };
        Error::new(kind, reason, refusal.to_string())
    }
}
