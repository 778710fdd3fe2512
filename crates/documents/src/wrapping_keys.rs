//! The keys that documents' own keys are wrapped with: several, so that the newest can take over from the others
//! without any document being written again.

use std::{fmt, sync::Arc};

use careway_kernel::{DocumentId, Redacted};
use careway_service::{Error, Result, Sealer};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::{chunks::DataKey, content::WrappedKey};

/// The column that wrapped keys stand in, as they are bound to it.
const COLUMN: &str = "document.sealed_key";

/// The keys of the settings, the newest first. Cheap to clone.
#[derive(Clone)]
pub struct WrappingKeys(Arc<[(String, Sealer)]>);

impl WrappingKeys {
    /// Reads the secrets, the newest first.
    pub(crate) fn parse(secrets: &Redacted) -> anyhow::Result<Self> {
        let secrets = secrets.expose().split(|letter: char| letter == ',' || letter.is_whitespace());
        let keys = secrets.filter(|secret| !secret.is_empty()).map(|secret| {
            let secret = Redacted::new(secret);
            Ok((key_id(&secret)?, Sealer::derive(&secret, "document keys")?))
        });
        let keys: Vec<_> = keys.collect::<anyhow::Result<_>>()?;
        anyhow::ensure!(!keys.is_empty(), "there is no key");
        Ok(Self(keys.into()))
    }

    /// What rows call the newest key.
    pub fn newest(&self) -> &str {
        &self.0[0].0
    }

    /// Keys of documents, wrapped anew with the newest. One that does not open stays as it is, and out of the answer.
    pub fn rewrap(&self, wrapped: &[(DocumentId, WrappedKey)]) -> Vec<(DocumentId, WrappedKey)> {
        let rewrapped = wrapped.iter().filter_map(|(document, key)| {
            let rewrapped = self.unwrap(*document, key).and_then(|key| self.wrap(*document, &key));
            let unopened = |error: &Error| tracing::error!(%error, "a document cannot be opened any more");
            Some((*document, rewrapped.inspect_err(unopened).ok()?))
        });
        rewrapped.collect()
    }

    /// Wraps a document's key with the newest.
    pub(crate) fn wrap(&self, document: DocumentId, key: &DataKey) -> Result<WrappedKey> {
        let (id, sealer) = &self.0[0];
        let sealed = sealer.seal(COLUMN, document.uuid(), key.expose())?;
        Ok(WrappedKey { key_id: id.clone(), sealed })
    }

    /// A document's key.
    pub(crate) fn unwrap(&self, document: DocumentId, wrapped: &WrappedKey) -> Result<DataKey> {
        let (_, sealer) = self.0.iter().find(|(id, _)| *id == wrapped.key_id).ok_or_else(|| {
            let missing = anyhow::anyhow!(
                "document {document} is sealed under key {}, which is not set",
                wrapped.key_id
            );
            Error::internal(missing)
        })?;
        let opened = zeroize::Zeroizing::new(sealer.open(COLUMN, document.uuid(), &wrapped.sealed)?);
        DataKey::from_bytes(&opened)
            .ok_or_else(|| Error::internal(anyhow::anyhow!("document {document} has no key")))
    }
}

impl fmt::Debug for WrappingKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

/// What stands for a secret in rows. It tells nothing of it, and nobody has to make names up.
fn key_id(secret: &Redacted) -> anyhow::Result<String> {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(secret.expose().as_bytes())?;
    mac.update(b"careway/document-key-id/v1");
    Ok(hex::encode(&mac.finalize().into_bytes()[..8]))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const OLD: &str = "an old secret of the tests, of enough characters";
    const NEW: &str = "a-new-secret-of-the-tests-of-enough-characters";
    const DOCUMENT: DocumentId = DocumentId::from_uuid(Uuid::from_u128(7));

    fn keys(secrets: &str) -> WrappingKeys {
        WrappingKeys::parse(&Redacted::new(secrets)).unwrap()
    }

    #[test]
    fn a_key_opens_under_older_secrets_and_moves_to_the_newest() {
        let old_secret = OLD.replace([' ', ','], "-");
        let (old, both, new) = (keys(&old_secret), keys(&format!("{NEW},\n{old_secret}\n")), keys(NEW));
        let key = DataKey::random();
        let wrapped = old.wrap(DOCUMENT, &key).unwrap();
        assert_eq!(both.unwrap(DOCUMENT, &wrapped).unwrap().expose(), key.expose());
        assert!(new.unwrap(DOCUMENT, &wrapped).is_err(), "the key is gone");

        let [(DOCUMENT, moved)] = &both.rewrap(&[(DOCUMENT, wrapped.clone())])[..] else { panic!("moved") };
        assert_eq!((moved.key_id.as_str(), both.newest()), (new.newest(), new.newest()));
        assert_eq!(new.unwrap(DOCUMENT, moved).unwrap().expose(), key.expose());
        assert_eq!(new.rewrap(&[(DOCUMENT, wrapped)]), []);
    }

    #[test]
    fn a_wrapped_key_belongs_to_its_document() {
        let keys = keys(NEW);
        let wrapped = keys.wrap(DOCUMENT, &DataKey::random()).unwrap();
        assert!(keys.unwrap(DocumentId::from_uuid(Uuid::from_u128(8)), &wrapped).is_err());
    }

    #[test]
    fn secrets_must_be_there_and_long() {
        assert!(WrappingKeys::parse(&Redacted::new(" ,\n")).is_err());
        assert!(WrappingKeys::parse(&Redacted::new("short")).is_err());
    }
}
