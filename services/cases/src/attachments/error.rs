//! The refusals of attachments, each with its reason in the contract.

use careway_contract::cases::v1::Reason;
use careway_documents::FileRefusal;
use careway_service::{Error, NotWritten};

use super::domain::AttachmentRefusal;

impl From<AttachmentRefusal> for Error {
    fn from(refusal: AttachmentRefusal) -> Self {
        let refused = |reason| Self::new(reason, refusal.to_string());
        match refusal {
            AttachmentRefusal::File(FileRefusal::TooLarge { most }) => {
                refused(Reason::AttachmentTooLarge).with("maxBytes", most)
            }
            AttachmentRefusal::File(FileRefusal::Type(_)) => refused(Reason::AttachmentTypeRefused),
            AttachmentRefusal::File(FileRefusal::Infected) => refused(Reason::AttachmentInfected),
            AttachmentRefusal::File(mismatch @ FileRefusal::DigestMismatch) => mismatch.into(),
            AttachmentRefusal::TooMany | AttachmentRefusal::TooManyWaiting => {
                refused(Reason::TooManyAttachments)
            }
            AttachmentRefusal::Unknown(id) => refused(Reason::AttachmentUnknown).with("attachmentId", id),
            AttachmentRefusal::Blocked => refused(Reason::AttachmentBlocked),
        }
    }
}

/// A file's refusal under the name that cases give it.
pub(super) fn of_attachment(not_taken: NotWritten<FileRefusal>) -> Error {
    match not_taken {
        NotWritten::Refused(refusal) => AttachmentRefusal::File(refusal).into(),
        NotWritten::Failed(error) => error,
    }
}
