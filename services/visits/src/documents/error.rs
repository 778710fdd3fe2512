//! The refusals of documents, each with its reason in the contract.

use careway_contract::visits::v1::Reason;
use careway_service::Error;

use super::domain::refusal::DocumentRefusal;

impl From<DocumentRefusal> for Error {
    fn from(refusal: DocumentRefusal) -> Self {
        let refused = |reason| Self::new(reason, refusal.to_string());
        match refusal {
            DocumentRefusal::Retracted => refused(Reason::DocumentRetracted),
            DocumentRefusal::Unknown(id) => refused(Reason::DocumentUnknown).with("documentId", id),
        }
    }
}
