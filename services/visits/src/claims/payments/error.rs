//! The refusals of payment advices, each with its reason in the contract.

use careway_contract::visits::v1::Reason;
use careway_service::Error;

use super::domain::PaymentRefusal;

impl From<PaymentRefusal> for Error {
    fn from(refusal: PaymentRefusal) -> Self {
        let refused = |reason| Self::new(reason, refusal.to_string());
        match refusal {
            PaymentRefusal::NotAnnounced(is) => {
                refused(Reason::WrongState).with("state", is.as_str()).with("needs", "ANNOUNCED")
            }
            PaymentRefusal::NothingToPay => refused(Reason::NothingToPay),
            PaymentRefusal::SeveralCurrencies => refused(Reason::SeveralCurrencies),
        }
    }
}
