//! The refusal of examinations, with its reason in the contract.

use careway_contract::channels::v1::Reason;
use careway_service::Error;

use super::domain::CodeTaken;

impl From<CodeTaken> for Error {
    fn from(refusal: CodeTaken) -> Self {
        Self::new(Reason::ServiceCodeTaken, refusal.to_string())
    }
}
