//! The refusals of held mail, each with its reason in the contract.

use careway_contract::cases::v1::Reason;
use careway_service::Error;

use super::domain::held::HeldMailRefusal;

impl From<HeldMailRefusal> for Error {
    fn from(refusal: HeldMailRefusal) -> Self {
        let reason = match refusal {
            HeldMailRefusal::Decided => Reason::MailDecided,
            HeldMailRefusal::LeadOnly => Reason::SupportOnly,
        };
        Self::new(reason, refusal.to_string())
    }
}
