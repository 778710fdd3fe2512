//! What is filled in is sealed under the service's master key; the token of a form's link is made of the form's id and proves
//! that we made it, so that nothing of it is kept.

use std::{fmt, net::IpAddr};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use careway_kernel::{Email, InterestFormId, Redacted, network::subscriber};
use careway_service::{Error, Result, Sealer};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

/// Bytes of the proof: enough never to be guessed.
const PROOF: usize = 16;

/// The columns that are sealed; a value moved to another column or row does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// What was filled in.
    Content,
    /// Why it was declined.
    Reason,
}

impl Column {
    const fn name(self) -> &'static str {
        match self {
            Self::Content => "interest_form.content",
            Self::Reason => "interest_form.reason",
        }
    }
}

/// Seals and opens forms, finds their addresses, makes and reads their tokens. Cheap to clone.
#[derive(Clone)]
pub(crate) struct InterestKeys {
    sealer: Sealer,
    addresses: Hmac<Sha256>,
    networks: Hmac<Sha256>,
    tokens: Hmac<Sha256>,
}

impl InterestKeys {
    /// Derives the keys from the service's master key.
    pub(crate) fn derive(master: &Redacted) -> anyhow::Result<Self> {
        let key = |purpose: &str| -> anyhow::Result<Hmac<Sha256>> {
            let mut mac = Hmac::<Sha256>::new_from_slice(master.expose().as_bytes())?;
            mac.update(purpose.as_bytes());
            Ok(Hmac::new_from_slice(&mac.finalize().into_bytes())?)
        };
        Ok(Self {
            sealer: Sealer::derive(master, "cases interest forms")?,
            addresses: key("careway/cases/interest address/v1")?,
            networks: key("careway/cases/interest network/v1")?,
            tokens: key("careway/cases/interest link/v1")?,
        })
    }

    pub(super) fn seal(&self, column: Column, row: Uuid, value: &[u8]) -> Result<Vec<u8>> {
        Ok(self.sealer.seal(column.name(), row, value)?)
    }

    pub(super) fn open(&self, column: Column, row: Uuid, sealed: &[u8]) -> Result<String> {
        String::from_utf8(self.sealer.open(column.name(), row, sealed)?).map_err(Error::internal)
    }

    /// What an address is found by.
    pub(super) fn address(&self, email: &Email) -> Vec<u8> {
        self.addresses.clone().chain_update(email.as_str()).finalize().into_bytes().to_vec()
    }

    /// What a subscriber's network is found by.
    pub(super) fn network(&self, address: IpAddr) -> Vec<u8> {
        self.networks.clone().chain_update(subscriber(address)).finalize().into_bytes().to_vec()
    }

    /// The token of a form's link.
    pub(super) fn token(&self, form: InterestFormId) -> Redacted {
        let id = form.uuid();
        let proof = self.tokens.clone().chain_update(id.as_bytes()).finalize().into_bytes();
        Redacted::new(URL_SAFE_NO_PAD.encode([&id.as_bytes()[..], &proof[..PROOF]].concat()))
    }

    /// The form that a token names; none when we did not make it.
    pub(super) fn read_token(&self, token: &str) -> Option<InterestFormId> {
        let bytes: [u8; 16 + PROOF] = URL_SAFE_NO_PAD.decode(token).ok()?.try_into().ok()?;
        let (id, proof) = bytes.split_first_chunk::<16>()?;
        self.tokens.clone().chain_update(id).verify_truncated_left(proof).ok()?;
        Some(InterestFormId::from_uuid(Uuid::from_bytes(*id)))
    }
}

impl fmt::Debug for InterestKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_its_form_and_cannot_be_made_up() {
        let keys = InterestKeys::derive(&Redacted::new("a master key of thirty-two characters")).unwrap();
        let form = InterestFormId::from_uuid(Uuid::from_u128(7));
        let token = keys.token(form);
        assert_eq!(keys.read_token(token.expose()), Some(form));
        for wrong in ["", "AAAA", &token.expose()[..42], &format!("{}A", token.expose())] {
            assert_eq!(keys.read_token(wrong), None);
        }
        let other = InterestKeys::derive(&Redacted::new("another key of thirty-two characters!!")).unwrap();
        assert_eq!(other.read_token(token.expose()), None);
        let address = Email::parse("tanvir@shondhan.example").unwrap();
        assert_ne!(keys.address(&address), other.address(&address));
        assert_eq!(format!("{keys:?}"), "•••");
    }
}
