//! The token of the link that ends reminders: it names the reminder of the mail, and proves that we made it. Nothing secret
//! is kept, and it lives as long as the mail does.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use careway_kernel::Redacted;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

/// Bytes of the proof: enough never to be guessed.
const PROOF: usize = 16;

/// Makes and reads the tokens.
#[derive(Clone)]
pub(crate) struct UnsubscribeTokens(Hmac<Sha256>);

impl UnsubscribeTokens {
    /// Derives the key from the service's master key.
    pub(crate) fn derive(master: &Redacted) -> anyhow::Result<Self> {
        let mut mac = Hmac::<Sha256>::new_from_slice(master.expose().as_bytes())?;
        mac.update(b"careway/renewals/unsubscribe/v1");
        Ok(Self(Hmac::new_from_slice(&mac.finalize().into_bytes())?))
    }

    /// The token of a reminder.
    pub(crate) fn issue(&self, recipient: Uuid) -> Redacted {
        let proof = self.0.clone().chain_update(recipient.as_bytes()).finalize().into_bytes();
        Redacted::new(URL_SAFE_NO_PAD.encode([&recipient.as_bytes()[..], &proof[..PROOF]].concat()))
    }

    /// The reminder that a token names; none when we did not make it.
    pub(crate) fn read(&self, token: &str) -> Option<Uuid> {
        let bytes: [u8; 16 + PROOF] = URL_SAFE_NO_PAD.decode(token).ok()?.try_into().ok()?;
        let (recipient, proof) = bytes.split_first_chunk::<16>()?;
        self.0.clone().chain_update(recipient).verify_truncated_left(proof).ok()?;
        Some(Uuid::from_bytes(*recipient))
    }
}

impl fmt::Debug for UnsubscribeTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_its_reminder_and_cannot_be_made_up() {
        let tokens =
            UnsubscribeTokens::derive(&Redacted::new("a master key of thirty-two characters")).unwrap();
        let recipient = Uuid::from_u128(7);
        let token = tokens.issue(recipient);
        assert_eq!(tokens.read(token.expose()), Some(recipient));
        assert_eq!(token.expose().len(), 43);
        for wrong in ["", "AAAA", &token.expose()[..42], &format!("{}A", token.expose())] {
            assert_eq!(tokens.read(wrong), None);
        }
        let other =
            UnsubscribeTokens::derive(&Redacted::new("another key of thirty-two characters!!")).unwrap();
        assert_eq!(other.read(token.expose()), None);
    }
}
