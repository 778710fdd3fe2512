//! The refusals of imports, each with its reason in the contract.

use careway_contract::renewals::v1::Reason;
use careway_service::Error;

use super::domain::ImportRefusal;

impl From<ImportRefusal> for Error {
    fn from(refusal: ImportRefusal) -> Self {
        let ImportRefusal::Running(running) = refusal;
        let refused = Self::new(Reason::ImportRunning, refusal.to_string());
        match running {
            Some(import) => refused.with("importId", import),
            None => refused,
        }
    }
}
