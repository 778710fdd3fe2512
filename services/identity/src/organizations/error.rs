//! The refusals of organizations, each with its kind and its stable reason.

use careway_service::{Error, Kind};

use super::domain::Refusal;

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let (kind, reason) = match refusal {
            Refusal::CodeTaken => (Kind::Conflict, "CODE_TAKEN"),
            Refusal::OwnOrganization => (Kind::Refused, "OWN_ORGANIZATION"),
        };
        Error::new(kind, reason, refusal.to_string())
    }
}
