//! The refusals of renewals, each with its reason in the contract.

use careway_contract::renewals::v1::Reason;
use careway_service::Error;

use super::domain::RenewalRefusal;

impl From<RenewalRefusal> for Error {
    fn from(refusal: RenewalRefusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            RenewalRefusal::RenewedAlready(item) => {
                Self::new(Reason::RenewedAlready, message).with("renewalId", item)
            }
            RenewalRefusal::TooEarly { item, .. } => {
                Self::new(Reason::TooEarly, message).with("renewalId", item)
            }
            RenewalRefusal::SeveralHouseholds => Self::new(Reason::SeveralHouseholds, message),
            RenewalRefusal::AmountDiffers(quote) => {
                Self::new(Reason::AmountDiffers, message).with("quote", quote)
            }
            RenewalRefusal::ReceiptUsed => Self::new(Reason::ReceiptUsed, message),
            RenewalRefusal::MonthsNotOffered(offered) => {
                let offered: Vec<String> = offered.iter().map(ToString::to_string).collect();
                Self::new(Reason::MonthsNotOffered, message).with("months", offered.join(", "))
            }
            RenewalRefusal::PersonGone(item) => {
                Self::new(Reason::PersonGone, message).with("renewalId", item)
            }
            RenewalRefusal::BaseSalaryUnknown => Self::new(Reason::BaseSalaryUnknown, message),
            RenewalRefusal::NotRenewed => Self::new(Reason::NotRenewed, message),
            RenewalRefusal::UndoTooLate(_) => Self::new(Reason::UndoTooLate, message),
            RenewalRefusal::RenewedAgain => Self::new(Reason::RenewedAgain, message),
        }
    }
}
