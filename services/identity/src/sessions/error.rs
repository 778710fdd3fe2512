//! The refusals of signing in, each with its kind and its stable reason.

use careway_service::{Error, Kind};

use super::domain::refusal::Refusal;

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let (kind, reason) = match refusal {
            Refusal::CredentialsRejected => (Kind::Unauthenticated, "CREDENTIALS_REJECTED"),
            Refusal::TotpRequired => (Kind::Unauthenticated, "TOTP_REQUIRED"),
            Refusal::SessionEnded => (Kind::Unauthenticated, "SESSION_ENDED"),
            Refusal::InvalidClient => (Kind::Unauthenticated, "INVALID_CLIENT"),
            Refusal::RotationUnderWay => (Kind::Refused, "ROTATION_UNDER_WAY"),
        };
        Error::new(kind, reason, refusal.to_string())
    }
}
