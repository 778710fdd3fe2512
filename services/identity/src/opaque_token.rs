//! Opaque tokens (refresh, invitation, reset, client secret): shown to their holder, kept as a digest.

use careway_kernel::{Redacted, random};
use sha2::{Digest, Sha256};

/// What is kept of an opaque token. Plain SHA-256 is right here: 256 random bits cannot be guessed, so there is
/// nothing that a slow hash or a salt would protect.
pub(crate) type Digest256 = [u8; 32];

/// A fresh opaque token, and what is kept of it.
pub(crate) fn generate() -> (Redacted, Digest256) {
    let token = random::token(32);
    let digest = digest(token.expose());
    (token, digest)
}

/// What would have been kept of this token.
pub(crate) fn digest(token: &str) -> Digest256 {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opaque_tokens_are_256_bits_and_found_by_their_digest() {
        let (token, kept) = generate();
        assert_eq!(token.expose().len(), 43);
        assert_eq!(digest(token.expose()), kept);
        assert_ne!(generate().1, kept);
    }
}
