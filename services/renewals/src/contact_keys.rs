//! What renewals keeps of a person is sealed under the service's master key; what it looks people up by is hashed with it.

use std::fmt;

use careway_kernel::Redacted;
use careway_service::{Error, Result, Sealer};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

/// The columns that are sealed; a value moved to another column or row does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// A participant's citizen id.
    CitizenId,
    /// A participant's phone, perhaps a landline.
    Phone,
    /// A participant's mobile.
    Mobile,
    /// A participant's e-mail.
    Email,
    /// What an agent noted of a participant.
    Note,
    /// What it was before a change.
    Before,
    /// What it is after a change.
    After,
    /// What an agent finds wrong in the authority's data.
    IssueNote,
    /// What the authority answers.
    IssueAnswer,
    /// An answer to a reminder that a person must read.
    OptOutAnswer,
}

impl Column {
    const fn name(self) -> &'static str {
        match self {
            Self::CitizenId => "participant.citizen_id",
            Self::Phone => "participant.phone",
            Self::Mobile => "participant.mobile",
            Self::Email => "participant.email",
            Self::Note => "participant.note",
            Self::Before => "contact_change.before",
            Self::After => "contact_change.after",
            Self::IssueNote => "data_issue.note",
            Self::IssueAnswer => "data_issue.answer",
            Self::OptOutAnswer => "opt_out.answer",
        }
    }
}

/// Seals and finds what participants can be reached by. Cheap to clone.
#[derive(Clone)]
pub(crate) struct ContactKeys {
    sealer: Sealer,
    index: [u8; 32],
}

impl ContactKeys {
    /// Derives the keys.
    pub(crate) fn derive(master: &Redacted) -> anyhow::Result<Self> {
        let mut mac = Hmac::<Sha256>::new_from_slice(master.expose().as_bytes())?;
        mac.update(b"careway/renewals/contact index/v1");
        Ok(Self {
            sealer: Sealer::derive(master, "renewals participants")?,
            index: mac.finalize().into_bytes().into(),
        })
    }

    /// Seals a text for its column and row.
    pub(crate) fn seal(&self, column: Column, row: Uuid, text: &str) -> Result<Vec<u8>> {
        Ok(self.sealer.seal(column.name(), row, text.as_bytes())?)
    }

    /// Opens what was sealed for this very column and row.
    pub(crate) fn open(&self, column: Column, row: Uuid, sealed: &[u8]) -> Result<String> {
        let opened = self.sealer.open(column.name(), row, sealed)?;
        String::from_utf8(opened).map_err(Error::internal)
    }

    /// What a phone (E.164), an e-mail address or a citizen id is found by, in every table and over all organizations.
    pub(crate) fn index(&self, contact: &str) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.index).expect("HMAC takes a key of any length");
        mac.update(contact.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for ContactKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_opens_only_in_its_place_and_is_found_by_its_hash() {
        let keys = ContactKeys::derive(&Redacted::new("a master key of thirty-two characters")).unwrap();
        let row = Uuid::from_u128(7);
        let sealed = keys.seal(Column::Mobile, row, "+84912345678").unwrap();
        assert_eq!(keys.open(Column::Mobile, row, &sealed).unwrap(), "+84912345678");
        assert!(keys.open(Column::Phone, row, &sealed).is_err());
        assert!(keys.open(Column::Mobile, Uuid::from_u128(8), &sealed).is_err());
        assert_eq!(keys.index("+84912345678"), keys.index("+84912345678"));
        assert_ne!(keys.index("+84912345678"), keys.index("+84912345679"));
        assert_eq!(format!("{keys:?}"), "•••");
    }
}
