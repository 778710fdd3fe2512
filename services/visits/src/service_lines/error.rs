//! The refusals of lines of care, each with its reason in the contract.

use careway_contract::visits::v1::Reason;
use careway_service::Error;

use super::domain::{refusal::ClaimedAlready, requested::CurrencyDiffers};

impl From<ClaimedAlready> for Error {
    fn from(refusal: ClaimedAlready) -> Self {
        Self::new(Reason::CareClaimedAlready, refusal.to_string())
    }
}

impl From<CurrencyDiffers> for Error {
    fn from(refusal: CurrencyDiffers) -> Self {
        Self::new(Reason::CurrencyDiffers, refusal.to_string())
            .with("lineNumber", refusal.line)
            .with("currency", refusal.is.code())
            .with("needs", refusal.needs.code())
    }
}
