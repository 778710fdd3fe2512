//! The secrets of an endpoint, and the signatures by them: Standard Webhooks 1.0, `v1` by HMAC-SHA256, `v1a` by Ed25519.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine, engine::general_purpose::STANDARD};
use careway_kernel::Redacted;
use chrono::TimeDelta;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Secrets that sign at the same time.
pub(crate) const MOST_LIVE: usize = 3;
/// How long a secret that was replaced signs as well.
pub(crate) const OVERLAP: TimeDelta = TimeDelta::hours(24);
/// Bytes of a shared secret.
const SHARED: std::ops::RangeInclusive<usize> = 24..=64;
const SEED: usize = 32;

/// How messages are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// By a shared secret.
    Hmac,
    /// By a private key.
    Ed25519,
}

impl Scheme {
    pub(crate) const ALL: [Self; 2] = [Self::Hmac, Self::Ed25519];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Hmac => "HMAC",
            Self::Ed25519 => "ED25519",
        }
    }
}

/// The text is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no secret of 24 to 64 bytes as Standard Webhooks writes it")]
pub(crate) struct MalformedSecret;

/// What signs.
pub(crate) enum Secret {
    /// Shared with the receiver.
    Shared(Vec<u8>),
    /// Careway's alone; the receiver has its public half.
    Key(Box<Ed25519KeyPair>),
}

impl Secret {
    /// Makes one out of random bytes.
    pub(crate) fn of_random(scheme: Scheme, bytes: &[u8; SEED]) -> Result<Self, MalformedSecret> {
        match scheme {
            Scheme::Hmac => Ok(Self::Shared(bytes.to_vec())),
            Scheme::Ed25519 => Self::of_seed(bytes),
        }
    }

    fn of_seed(seed: &[u8]) -> Result<Self, MalformedSecret> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| MalformedSecret)?;
        Ok(Self::Key(Box::new(pair)))
    }

    /// Reads `whsec_…`, or `whsk_…`: the seed of a private key and its public one.
    pub(crate) fn parse(text: &str) -> Result<Self, MalformedSecret> {
        let bytes = |encoded: &str| STANDARD.decode(encoded).map_err(|_| MalformedSecret);
        if let Some(shared) = text.strip_prefix("whsec_") {
            let shared = bytes(shared)?;
            return if SHARED.contains(&shared.len()) {
                Ok(Self::Shared(shared))
            } else {
                Err(MalformedSecret)
            };
        }
        let key = bytes(text.strip_prefix("whsk_").ok_or(MalformedSecret)?)?;
        let (seed, public) = key.split_at_checked(SEED).ok_or(MalformedSecret)?;
        let pair = Ed25519KeyPair::from_seed_and_public_key(seed, public).map_err(|_| MalformedSecret)?;
        Ok(Self::Key(Box::new(pair)))
    }

    /// As it is kept: `whsec_…` or `whsk_…`. `bytes` are those it was made of.
    pub(crate) fn written(&self, bytes: &[u8; SEED]) -> Redacted {
        Redacted::new(match self {
            Self::Shared(shared) => format!("whsec_{}", STANDARD.encode(shared)),
            Self::Key(pair) => {
                format!("whsk_{}", STANDARD.encode([bytes, pair.public_key().as_ref()].concat()))
            }
        })
    }

    /// The public key that verifies, `whpk_…`; none of a shared secret.
    pub(crate) fn public(&self) -> Option<String> {
        match self {
            Self::Shared(_) => None,
            Self::Key(pair) => Some(format!("whpk_{}", STANDARD.encode(pair.public_key().as_ref()))),
        }
    }

    fn sign(&self, signed: &[u8]) -> String {
        match self {
            Self::Shared(shared) => {
                let mut mac = Hmac::<Sha256>::new_from_slice(shared).expect("HMAC takes keys of any length");
                mac.update(signed);
                format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
            }
            Self::Key(pair) => format!("v1a,{}", STANDARD.encode(pair.sign(signed))),
        }
    }
}

/// The header `webhook-signature`: a signature by each secret, in their order.
pub(crate) fn signature<'a>(
    secrets: impl IntoIterator<Item = &'a Secret>,
    id: &str,
    timestamp: i64,
    body: &[u8],
) -> String {
    let signed = [id.as_bytes(), b".", timestamp.to_string().as_bytes(), b".", body].concat();
    let signatures = secrets.into_iter().map(|secret| secret.sign(&signed));
    signatures.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::vectors;

    fn text<'a>(row: &'a Value, field: &str) -> &'a str {
        row[field].as_str().unwrap()
    }

    fn sign(row: &Value) {
        let secrets = row["secrets"].as_array().unwrap().iter();
        let secrets: Vec<_> = secrets.map(|text| Secret::parse(text.as_str().unwrap()).unwrap()).collect();
        let body = STANDARD.decode(text(row, "bodyBase64")).unwrap();
        let timestamp = text(row, "webhookTimestamp").parse().unwrap();
        let signed = signature(&secrets, text(row, "webhookId"), timestamp, &body);
        assert_eq!(signed, text(row, "webhookSignature"), "{row}");
    }

    #[test]
    fn every_body_is_signed_as_the_vectors_say() {
        let mut played = 0;
        for row in vectors::read("signatures.jsonl") {
            match text(&row, "kind") {
                "sign" | "sign-ed25519" | "rotate" | "retry" => sign(&row),
                "bad-secret" => assert!(Secret::parse(text(&row, "secret")).is_err(), "{row}"),
                // Whether a header is accepted is a receiver's to say: tests/it/receiver.rs plays these.
                "verify" | "age" => continue,
                other => panic!("{other} is played by nobody"),
            }
            played += 1;
        }
        assert_eq!(played, 18);
    }

    #[test]
    fn a_secret_comes_back_as_it_was_written() {
        for scheme in Scheme::ALL {
            let bytes = [7; SEED];
            let made = Secret::of_random(scheme, &bytes).unwrap();
            let read = Secret::parse(made.written(&bytes).expose()).unwrap();
            assert_eq!(made.sign(b"it"), read.sign(b"it"));
            assert_eq!(made.public(), read.public());
            assert_eq!(made.public().is_some(), scheme == Scheme::Ed25519);
        }
    }
}
