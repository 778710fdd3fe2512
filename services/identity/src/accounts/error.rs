//! The refusals of accounts, each with its kind and its stable reason.

use careway_service::{Error, Kind};

use super::domain::refusal::Refusal;

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let (kind, reason) = match refusal {
            Refusal::LinkRejected => (Kind::Unauthenticated, "LINK_REJECTED"),
            Refusal::AlreadyMember => (Kind::Conflict, "ALREADY_MEMBER"),
            Refusal::InvitationPending => (Kind::Refused, "INVITATION_PENDING"),
            Refusal::LastAdministrator => (Kind::Refused, "LAST_ADMINISTRATOR"),
            Refusal::RoleNotAllowed => (Kind::Forbidden, "ROLE_NOT_ALLOWED"),
            Refusal::TotpRejected => (Kind::Unauthenticated, "TOTP_REJECTED"),
            Refusal::TotpAlreadyEnabled => (Kind::Refused, "TOTP_ALREADY_ENABLED"),
            Refusal::TotpNotEnrolled => (Kind::Refused, "TOTP_NOT_ENROLLED"),
        };
        Error::new(kind, reason, refusal.to_string())
    }
}
