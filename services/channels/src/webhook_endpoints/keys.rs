//! The secrets of endpoints are sealed under the service's master key.

use std::fmt;

use careway_kernel::{Redacted, random};
use careway_service::{Error, Result, Sealer};
use uuid::Uuid;

use super::domain::secret::{Scheme, Secret};

const COLUMN: &str = "webhook_secret.sealed";

/// A secret that was just made: sealed for its row, and what its receiver verifies by.
pub(crate) struct Made {
    pub(crate) sealed: Vec<u8>,
    pub(crate) public: Option<String>,
    /// The secret itself, or the public key; told once.
    pub(crate) told: Redacted,
}

/// Makes, seals and opens secrets. Cheap to clone.
#[derive(Clone)]
pub(crate) struct WebhookKeys {
    sealer: Sealer,
}

impl WebhookKeys {
    /// Derives the sealing key.
    pub(crate) fn derive(master: &Redacted) -> anyhow::Result<Self> {
        Ok(Self { sealer: Sealer::derive(master, "webhook secrets")? })
    }

    /// A new secret for this row.
    pub(crate) fn make(&self, scheme: Scheme, row: Uuid) -> Result<Made> {
        let bytes = random::bytes();
        let secret = Secret::of_random(scheme, &bytes).map_err(Error::internal)?;
        let written = secret.written(&bytes);
        let sealed = self.sealer.seal(COLUMN, row, written.expose().as_bytes())?;
        let public = secret.public();
        let told = public.clone().map_or(written, Redacted::new);
        Ok(Made { sealed, public, told })
    }

    /// Opens what was sealed for this row.
    pub(crate) fn open(&self, row: Uuid, sealed: &[u8]) -> Result<Secret> {
        let opened = self.sealer.open(COLUMN, row, sealed)?;
        let text = String::from_utf8(opened).map_err(Error::internal)?;
        Secret::parse(&text).map_err(Error::internal)
    }
}

impl fmt::Debug for WebhookKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}
