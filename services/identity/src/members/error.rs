//! The refusals of members, each with its kind and its stable reason.

use careway_service::{Error, Kind};

use super::domain::refusal::Refusal;

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let (kind, reason) = match refusal {
            Refusal::NumberTaken => (Kind::Conflict, "MEMBER_NUMBER_TAKEN"),
            Refusal::NationalIdTaken => (Kind::Conflict, "NATIONAL_ID_TAKEN"),
            Refusal::Principal(_) => (Kind::Refused, "PRINCIPAL_NOT_ELIGIBLE"),
            Refusal::NotLocked => (Kind::Refused, "NOT_LOCKED"),
        };
        Self::new(kind, reason, refusal.to_string())
    }
}
