//! What is kept unreadable: personal data are sealed, and found again by a keyed hash.
//!
//! Every use has a key of its own, derived from the master key by its label; a sealed value is bound to its table,
//! column and row, so that one row's phone cannot be moved to another's.

use careway_kernel::{MemberId, Redacted};
use careway_service::Sealer;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

/// Where a sealed value is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    table: &'static str,
    column: &'static str,
    row: Uuid,
}

impl Place {
    /// This column of this row.
    pub(crate) fn new(table: &'static str, column: &'static str, row: Uuid) -> Self {
        Self { table, column, row }
    }

    /// Whether it is a column of this name.
    pub(crate) fn is_column(&self, column: &str) -> bool {
        self.column == column
    }

    fn name(&self) -> String {
        format!("{}.{}", self.table, self.column)
    }
}

/// The value was sealed with another key or for another place, or is damaged.
#[derive(Debug, thiserror::Error)]
#[error("a sealed value of {table}.{column} cannot be opened")]
pub(crate) struct Damaged {
    table: &'static str,
    column: &'static str,
}

/// The keys of the members' data.
#[derive(Clone)]
pub(crate) struct DataKeys {
    sealer: Sealer,
    national_id_index: [u8; 32],
    code_subject: [u8; 32],
    decoy: [u8; 32],
    binding: [u8; 32],
    recovery_code: [u8; 32],
}

impl DataKeys {
    /// Derives the keys.
    pub(crate) fn new(master: &Redacted) -> anyhow::Result<Self> {
        let key = |label| derive(master, label);
        Ok(Self {
            sealer: Sealer::derive(master, "identity")?,
            national_id_index: key("member national id index"),
            code_subject: key("one-time code subject"),
            decoy: key("decoy phone"),
            binding: key("one-time code binding"),
            recovery_code: key("recovery code"),
        })
    }

    /// Seals a text for its place.
    pub(crate) fn seal(&self, place: Place, text: &str) -> Vec<u8> {
        self.sealer.seal(&place.name(), place.row, text.as_bytes()).expect("a short text can be sealed")
    }

    /// Opens a text sealed for this place.
    pub(crate) fn open(&self, place: Place, sealed: &[u8]) -> Result<String, Damaged> {
        let opened = self.sealer.open(&place.name(), place.row, sealed).ok();
        let damaged = || Damaged { table: place.table, column: place.column };
        opened.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(damaged)
    }

    /// What a national id is found by. The country is left out, so that a foreigner's card finds them too.
    pub(crate) fn national_id_index(&self, number: &str) -> [u8; 32] {
        mac(&self.national_id_index, &[number.as_bytes()])
    }

    /// What stands in Redis keys and failure counts for a person or an identifier.
    pub(crate) fn code_subject(&self, parts: &[&[u8]]) -> [u8; 32] {
        mac(&self.code_subject, parts)
    }

    /// Who the limits of one-time codes count for, given the member.
    pub(crate) fn member_subject(&self, member: MemberId) -> [u8; 32] {
        self.code_subject(&[&b"member"[..], member.uuid().as_bytes()])
    }

    /// The secret a made-up phone is made from.
    pub(crate) fn decoy_seed(&self, parts: &[&[u8]]) -> [u8; 32] {
        mac(&self.decoy, parts)
    }

    /// What is kept of an account's recovery code: it is too short for a plain hash.
    pub(crate) fn recovery_code(&self, account: Uuid, code: &str) -> [u8; 32] {
        mac(&self.recovery_code, &[account.as_bytes(), code.as_bytes()])
    }

    /// What a code is bound to, as one word.
    pub(crate) fn binding(&self, parts: &[&[u8]]) -> [u8; 32] {
        mac(&self.binding, parts)
    }
}

/// The key for one use.
fn derive(master: &Redacted, label: &str) -> [u8; 32] {
    mac(master.expose().as_bytes(), &[b"careway identity key v1", label.as_bytes()])
}

/// HMAC-SHA256 of parts, each with its length before it: no two lists of parts read alike.
pub(crate) fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data_keys() -> DataKeys {
        DataKeys::new(&Redacted::new("a master key of thirty-two characters")).unwrap()
    }

    #[test]
    fn a_sealed_text_comes_back_only_at_its_place() {
        let (one, other) = (Uuid::now_v7(), Uuid::now_v7());
        let place = Place::new("member", "mobile", one);
        let sealed = data_keys().seal(place, "+250788123456");
        assert_eq!(data_keys().open(place, &sealed).unwrap(), "+250788123456");
        assert_ne!(sealed, data_keys().seal(place, "+250788123456"), "equal texts must not look equal");
        for elsewhere in [
            Place::new("member", "mobile", other),
            Place::new("member", "phone", one),
            Place::new("x", "mobile", one),
        ] {
            assert!(data_keys().open(elsewhere, &sealed).is_err());
        }
        assert!(
            DataKeys::new(&Redacted::new("another master key of thirty-two characters"))
                .unwrap()
                .open(place, &sealed)
                .is_err()
        );
        for cut in 0..sealed.len() {
            assert!(data_keys().open(place, &sealed[..cut]).is_err());
        }
    }

    #[test]
    fn every_use_has_its_own_key_and_parts_do_not_run_together() {
        let data_keys = data_keys();
        assert_ne!(data_keys.code_subject(&[b"1"]), data_keys.decoy_seed(&[b"1"]));
        assert_ne!(data_keys.code_subject(&[b"1"]), data_keys.national_id_index("1"));
        assert_ne!(data_keys.code_subject(&[b"ab", b"c"]), data_keys.code_subject(&[b"a", b"bc"]));
    }
}
