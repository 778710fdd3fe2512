//! The refusals of members, each with its reason in the contract.

use careway_contract::identity::v1::Reason;
use careway_service::Error;

use super::domain::refusal::Refusal;

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let reason = match refusal {
            Refusal::NumberTaken => Reason::MemberNumberTaken,
            Refusal::NationalIdTaken => Reason::NationalIdTaken,
            Refusal::Principal(_) => Reason::PrincipalNotEligible,
            Refusal::NotLocked => Reason::NotLocked,
        };
        Self::new(reason, refusal.to_string())
    }
}
