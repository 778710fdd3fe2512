//! Values at rest that a stolen database must not tell: AES-256-GCM-SIV (RFC 8452), bound to the column and row they
//! stand in.

use std::fmt;

use aes_gcm_siv::{
    Aes256GcmSiv, Nonce,
    aead::{Aead, KeyInit, Payload},
};
use careway_kernel::{Redacted, random};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use uuid::Uuid;

const NONCE: usize = 12;

/// Seals and opens a service's values. Cheap to clone.
#[derive(Clone)]
pub struct Sealer {
    cipher: Aes256GcmSiv,
}

impl Sealer {
    /// Derives the sealing key from a service's master key of at least 32 characters.
    pub fn derive(master: &Redacted, context: &str) -> anyhow::Result<Self> {
        anyhow::ensure!(
            master.expose().len() >= 32,
            "the master key of {context} must have at least 32 characters"
        );
        let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(master.expose().as_bytes())?;
        mac.update(b"careway/seal/v1/");
        mac.update(context.as_bytes());
        Ok(Self::with_key(&mac.finalize().into_bytes().into()))
    }

    /// Seals with this very key, of a service that derives its own.
    #[must_use]
    pub fn with_key(key: &[u8; 32]) -> Self {
        Self { cipher: Aes256GcmSiv::new(key.into()) }
    }

    /// Seals a value for `column` (like `message.sealed`) of `row`.
    pub fn seal(&self, column: &str, row: Uuid, value: &[u8]) -> anyhow::Result<Vec<u8>> {
        let nonce: [u8; NONCE] = random::bytes();
        let sealed = self
            .cipher
            .encrypt(&Nonce::from(nonce), Payload { msg: value, aad: &place(column, row) })
            .map_err(|_| anyhow::anyhow!("{column} cannot be sealed"))?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Opens what was sealed for this very column and row.
    pub fn open(&self, column: &str, row: Uuid, sealed: &[u8]) -> anyhow::Result<Vec<u8>> {
        let broken = || anyhow::anyhow!("{column} of {row} does not open");
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or_else(broken)?;
        self.cipher
            .decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: &place(column, row) })
            .map_err(|_| broken())
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

fn place(column: &str, row: Uuid) -> Vec<u8> {
    [column.as_bytes(), b"|", row.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_value_opens_only_where_it_stood() {
        let sealer = Sealer::derive(&Redacted::new("0123456789abcdef0123456789abcdef"), "tests").unwrap();
        let row = Uuid::from_u128(7);
        let sealed = sealer.seal("message.sealed", row, b"text").unwrap();
        assert_eq!(sealer.open("message.sealed", row, &sealed).unwrap(), b"text");
        assert!(sealer.open("message.other", row, &sealed).is_err());
        assert!(sealer.open("message.sealed", Uuid::from_u128(8), &sealed).is_err());
    }
}
