//! The refusals of documents, each with its reason in the contract.

use careway_contract::visits::v1::Reason;
use careway_service::Error;

use super::domain::{media_type::UnknownType, refusal::DocumentRefusal};

impl From<DocumentRefusal> for Error {
    fn from(refusal: DocumentRefusal) -> Self {
        let refused = |reason| Self::new(reason, refusal.to_string());
        match refusal {
            DocumentRefusal::Retracted => refused(Reason::DocumentRetracted),
            DocumentRefusal::Unknown(id) => refused(Reason::DocumentUnknown).with("documentId", id),
            DocumentRefusal::TooLarge { most } => refused(Reason::DocumentTooLarge).with("maxBytes", most),
            DocumentRefusal::Type(_) => refused(Reason::DocumentTypeRefused),
            DocumentRefusal::DigestMismatch => refused(Reason::DigestMismatch),
            DocumentRefusal::Infected => refused(Reason::DocumentInfected),
        }
    }
}

impl From<UnknownType> for Error {
    fn from(refusal: UnknownType) -> Self {
        DocumentRefusal::from(refusal).into()
    }
}
