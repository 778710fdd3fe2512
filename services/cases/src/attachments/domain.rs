//! A file of a case: who may read it, and whether it is given out.

use careway_documents::{Content, FileRefusal, MediaType};
use careway_kernel::{CaseId, CaseMessageId, DocumentId, OrganizationId, Redacted};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

/// Bytes of a file.
pub(crate) const LARGEST: u64 = 100 << 20;
/// Files of a message.
pub(crate) const MOST_OF_A_MESSAGE: usize = 50;
/// Files of one uploader that no message has.
pub(crate) const MOST_WAITING: i64 = 100;
/// A file that no message has by then is gone.
pub(crate) const LIFETIME: TimeDelta = TimeDelta::hours(24);

/// The message that gets files.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Binding {
    pub(crate) case: CaseId,
    /// Whose the case is.
    pub(crate) organization: OrganizationId,
    pub(crate) message: CaseMessageId,
    /// It is a note: its files are support's alone.
    pub(crate) internal: bool,
}

/// Whether a file is given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Availability {
    Available,
    /// It came by mail, and is of no known type.
    Blocked,
    /// It came by mail, and the virus scanner refused it.
    Infected,
    /// It came by mail, and is larger than files may be here.
    TooLarge,
    /// It went with the words of its message.
    Redacted,
}

/// A file of a case.
#[derive(Debug, Clone)]
pub(crate) struct Attachment {
    pub(crate) id: DocumentId,
    /// The message that has it.
    pub(crate) message: Option<CaseMessageId>,
    /// Who uploaded it; nobody when it came by mail.
    pub(crate) uploaded_by: Option<Uuid>,
    pub(crate) uploaded_at: DateTime<Utc>,
    pub(crate) file_name: Redacted,
    pub(crate) availability: Availability,
    pub(crate) media_type: MediaType,
    pub(crate) size: u64,
    pub(crate) sha256: [u8; 32],
    /// What is given out; none of what was not kept, is gone, or is empty.
    pub(crate) content: Option<Content>,
}

/// Why attachments say no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AttachmentRefusal {
    /// For what it is.
    #[error(transparent)]
    File(#[from] FileRefusal),
    #[error("A message has at most {MOST_OF_A_MESSAGE} files.")]
    TooMany,
    #[error("You have uploaded {MOST_WAITING} files that no message has; send some first.")]
    TooManyWaiting,
    #[error("You have uploaded no such file, or a message has it already, or its day is over.")]
    Unknown(DocumentId),
    #[error("The file came by mail and is of no type that is given out, or was taken away.")]
    Blocked,
}

impl Availability {
    /// All of them.
    pub(crate) const ALL: [Self; 5] =
        [Self::Available, Self::Blocked, Self::Infected, Self::TooLarge, Self::Redacted];

    /// Its name, as in the contract and in the database.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Available => "AVAILABLE",
            Self::Blocked => "BLOCKED",
            Self::Infected => "INFECTED",
            Self::TooLarge => "TOO_LARGE",
            Self::Redacted => "REDACTED",
        }
    }

    /// Of what came by mail: what it is decides.
    pub(crate) const fn of_mail(media_type: MediaType) -> Self {
        match media_type {
            MediaType::Unknown => Self::Blocked,
            _ => Self::Available,
        }
    }
}

impl Attachment {
    /// Whether somebody who sees its row reads it: what no message has is its uploader's alone, for a day.
    pub(crate) fn is_read_by(&self, reader: Uuid, now: DateTime<Utc>) -> bool {
        self.message.is_some() || (self.uploaded_by == Some(reader) && now < self.expires_at())
    }

    /// When it is gone unless a message has it.
    pub(crate) fn expires_at(&self) -> DateTime<Utc> {
        self.uploaded_at + LIFETIME
    }

    /// What is given out of it; nothing when it is empty.
    pub(crate) fn given_out(&self) -> Result<Option<&Content>, AttachmentRefusal> {
        match self.availability {
            Availability::Available => Ok(self.content.as_ref()),
            Availability::Blocked
            | Availability::Infected
            | Availability::TooLarge
            | Availability::Redacted => Err(AttachmentRefusal::Blocked),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_its_uploaders_until_a_message_has_it() {
        let (me, you) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let now: DateTime<Utc> = "2026-11-28T10:00:00Z".parse().unwrap();
        let mut file = Attachment {
            id: DocumentId::from_uuid(Uuid::from_u128(3)),
            message: None,
            uploaded_by: Some(me),
            uploaded_at: now,
            file_name: Redacted::new("invoice.pdf"),
            availability: Availability::Available,
            media_type: MediaType::Pdf,
            size: 9,
            sha256: [0; 32],
            content: None,
        };
        assert!(file.is_read_by(me, now));
        assert!(!file.is_read_by(you, now));
        assert!(!file.is_read_by(me, now + LIFETIME), "its day is over");
        file.message = Some(CaseMessageId::from_uuid(Uuid::from_u128(4)));
        assert!(file.is_read_by(you, now + LIFETIME));
    }

    #[test]
    fn by_mail_what_is_of_no_known_type_is_not_given_out() {
        for media_type in MediaType::ALL {
            let given_out = Availability::of_mail(media_type) == Availability::Available;
            assert_eq!(given_out, media_type != MediaType::Unknown, "{media_type:?}");
        }
    }
}
