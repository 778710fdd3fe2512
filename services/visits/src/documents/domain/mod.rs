//! A medical document of a visit: what is known of it, and what may become of it.

pub(crate) mod opening;
pub(crate) mod refusal;

use careway_documents::Content;
use careway_kernel::{DocumentId, OrganizationId, VisitId};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use refusal::DocumentRefusal;
/// What a document is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    LabResult,
    Imaging,
    Invoice,
    Referral,
    DischargeSummary,
    Consent,
    Prescription,
    Other,
}

impl Kind {
    pub(crate) const ALL: [Self; 8] = [
        Self::LabResult,
        Self::Imaging,
        Self::Invoice,
        Self::Referral,
        Self::DischargeSummary,
        Self::Consent,
        Self::Prescription,
        Self::Other,
    ];

    /// The word of the database.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::LabResult => "LAB_RESULT",
            Self::Imaging => "IMAGING",
            Self::Invoice => "INVOICE",
            Self::Referral => "REFERRAL",
            Self::DischargeSummary => "DISCHARGE_SUMMARY",
            Self::Consent => "CONSENT",
            Self::Prescription => "PRESCRIPTION",
            Self::Other => "OTHER",
        }
    }

    /// Reads [`Kind::as_str`].
    pub(crate) fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A document that is kept. What it is called is clinical, and readable only here.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) id: DocumentId,
    pub(crate) version: i64,
    pub(crate) visit: VisitId,
    pub(crate) facility: OrganizationId,
    pub(crate) kind: Kind,
    pub(crate) title: String,
    pub(crate) file_name: Option<String>,
    pub(crate) content: Content,
    pub(crate) added_by: Uuid,
    pub(crate) added_at: DateTime<Utc>,
    pub(crate) retraction: Option<Retraction>,
}

/// The document was entered in error.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Retraction {
    pub(crate) at: DateTime<Utc>,
    pub(crate) by: Uuid,
    pub(crate) reason: String,
}

impl Document {
    /// Marks it as entered in error; it stays readable to those whom it concerns.
    pub(crate) fn retract(mut self, retraction: Retraction) -> Result<Self, DocumentRefusal> {
        if self.retraction.is_some() {
            return Err(DocumentRefusal::Retracted);
        }
        self.retraction = Some(retraction);
        self.version += 1;
        Ok(self)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use careway_documents::{MediaType, WrappedKey};
    use careway_kernel::Clock;

    use super::*;

    #[test]
    fn kinds_are_found_by_their_word() {
        assert!(Kind::ALL.into_iter().all(|kind| Kind::find(kind.as_str()) == Some(kind)));
        assert_eq!(Kind::find("SELFIE"), None);
    }

    pub(crate) fn document(clock: &Clock) -> Document {
        Document {
            id: DocumentId::new(clock),
            version: 1,
            visit: VisitId::new(clock),
            facility: OrganizationId::new(clock),
            kind: Kind::Imaging,
            title: "Chest X-ray".to_owned(),
            file_name: None,
            content: Content {
                media_type: MediaType::Png,
                size: 1,
                sha256: [0; 32],
                key: WrappedKey { key_id: "a".to_owned(), sealed: vec![1] },
            },
            added_by: Uuid::from_u128(1),
            added_at: clock.now(),
            retraction: None,
        }
    }

    #[test]
    fn a_document_is_retracted_once() {
        let clock = Clock::system();
        let retraction =
            Retraction { at: clock.now(), by: Uuid::from_u128(2), reason: "not hers".to_owned() };
        let retracted = document(&clock).retract(retraction.clone()).unwrap_or_else(|_| panic!("once"));
        assert!(retracted.version == 2 && retracted.retraction == Some(retraction.clone()));
        assert!(retracted.retract(retraction).is_err());
    }
}
