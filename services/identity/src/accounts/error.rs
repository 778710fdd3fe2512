//! The refusals of accounts, each with its reason in the contract.

use careway_contract::identity::v1::Reason;
use careway_service::Error;

use super::domain::refusal::Refusal;

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let reason = match refusal {
            Refusal::LinkRejected => Reason::LinkRejected,
            Refusal::AlreadyMember => Reason::AlreadyMember,
            Refusal::InvitationPending => Reason::InvitationPending,
            Refusal::LastAdministrator => Reason::LastAdministrator,
            Refusal::RoleNotAllowed => Reason::RoleNotAllowed,
            Refusal::TotpRejected => Reason::TotpRejected,
            Refusal::TotpAlreadyEnabled => Reason::TotpAlreadyEnabled,
            Refusal::TotpNotEnrolled => Reason::TotpNotEnrolled,
        };
        Error::new(reason, refusal.to_string())
    }
}
