//! The refusals of signing in, each with its reason in the contract.

use careway_contract::identity::v1::Reason;
use careway_service::Error;

use super::domain::refusal::Refusal;

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let reason = match refusal {
            Refusal::CredentialsRejected => Reason::CredentialsRejected,
            Refusal::TotpRequired => Reason::TotpRequired,
            Refusal::SessionEnded => Reason::SessionEnded,
            Refusal::InvalidClient => Reason::InvalidClient,
            Refusal::RotationUnderWay => Reason::RotationUnderWay,
        };
        Error::new(reason, refusal.to_string())
    }
}
