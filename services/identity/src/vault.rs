//! What is kept unreadable: personal data are sealed, and found again by a keyed hash.
//!
//! Every use has a key of its own, derived from the master key by its label; a sealed value is bound to its table,
//! column and row, so that one row's phone cannot be moved to another's.

use aes_gcm_siv::aead::{Aead, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Key, KeyInit, Nonce};
use careway_kernel::{Redacted, random};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use uuid::Uuid;

const VERSION: u8 = 1;
const NONCE: usize = 12;

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

    fn associated_data(&self) -> String {
        format!("{}|{}|{}", self.table, self.column, self.row)
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
pub(crate) struct Vault {
    personal_data: Aes256GcmSiv,
    national_id_index: [u8; 32],
    code_subject: [u8; 32],
    decoy: [u8; 32],
    binding: [u8; 32],
    recovery_code: [u8; 32],
}

impl Vault {
    /// Derives the keys.
    pub(crate) fn new(master: &Redacted) -> Self {
        let key = |label| derive(master, label);
        Self {
            personal_data: Aes256GcmSiv::new(&Key::<Aes256GcmSiv>::from(key("member personal data"))),
            national_id_index: key("member national id index"),
            code_subject: key("one-time code subject"),
            decoy: key("decoy phone"),
            binding: key("one-time code binding"),
            recovery_code: key("recovery code"),
        }
    }

    /// Seals a text for its place.
    pub(crate) fn seal(&self, place: Place, text: &str) -> Vec<u8> {
        let nonce = random::bytes::<NONCE>();
        let payload = Payload { msg: text.as_bytes(), aad: place.associated_data().as_bytes() };
        let sealed = self.personal_data.encrypt(&Nonce::from(nonce), payload).expect("a short text can be sealed");
        [&[VERSION][..], &nonce, &sealed].concat()
    }

    /// Opens a text sealed for this place.
    pub(crate) fn open(&self, place: Place, sealed: &[u8]) -> Result<String, Damaged> {
        let damaged = || Damaged { table: place.table, column: place.column };
        let Some((&VERSION, rest)) = sealed.split_first() else { return Err(damaged()) };
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or_else(damaged)?;
        let payload = Payload { msg: sealed, aad: place.associated_data().as_bytes() };
        let text = self.personal_data.decrypt(&Nonce::from(*nonce), payload).map_err(|_| damaged())?;
        String::from_utf8(text).map_err(|_| damaged())
    }

    /// What a national id is found by. The country is left out, so that a foreigner's card finds them too.
    pub(crate) fn national_id_index(&self, number: &str) -> [u8; 32] {
        mac(&self.national_id_index, &[number.as_bytes()])
    }

    /// What stands in Redis keys and failure counts for a person or an identifier.
    pub(crate) fn code_subject(&self, parts: &[&[u8]]) -> [u8; 32] {
        mac(&self.code_subject, parts)
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
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault() -> Vault {
        Vault::new(&Redacted::new("a master key of some length"))
    }

    #[test]
    fn a_sealed_text_comes_back_only_at_its_place() {
        let (one, other) = (Uuid::now_v7(), Uuid::now_v7());
        let place = Place::new("member", "mobile", one);
        let sealed = vault().seal(place, "+250788123456");
        assert_eq!(vault().open(place, &sealed).unwrap(), "+250788123456");
        assert_ne!(sealed, vault().seal(place, "+250788123456"), "equal texts must not look equal");
        for elsewhere in
            [Place::new("member", "mobile", other), Place::new("member", "phone", one), Place::new("x", "mobile", one)]
        {
            assert!(vault().open(elsewhere, &sealed).is_err());
        }
        assert!(Vault::new(&Redacted::new("another")).open(place, &sealed).is_err());
        for cut in 0..sealed.len() {
            assert!(vault().open(place, &sealed[..cut]).is_err());
        }
    }

    #[test]
    fn every_use_has_its_own_key_and_parts_do_not_run_together() {
        let vault = vault();
        assert_ne!(vault.code_subject(&[b"1"]), vault.decoy_seed(&[b"1"]));
        assert_ne!(vault.code_subject(&[b"1"]), vault.national_id_index("1"));
        assert_ne!(vault.code_subject(&[b"ab", b"c"]), vault.code_subject(&[b"a", b"bc"]));
    }
}
