//! What a client says its body's SHA-256 is: `Content-Digest` and `Repr-Digest` (RFC 9530).

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// The header has a `sha-256` that cannot be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be like sha-256=:<base64 of 32 bytes>:")]
pub struct InvalidDigest;

/// The `sha-256` of a digest header, if it has one; other algorithms are not ours to check.
pub fn sha256(header: &str) -> Result<Option<[u8; 32]>, InvalidDigest> {
    for member in header.split(',').map(str::trim) {
        let (algorithm, value) = member.split_once('=').ok_or(InvalidDigest)?;
        if algorithm != "sha-256" {
            continue;
        }
        let inner = value.strip_prefix(':').and_then(|it| it.strip_suffix(':')).ok_or(InvalidDigest)?;
        let digest = STANDARD.decode(inner).map_err(|_| InvalidDigest)?;
        return Ok(Some(digest.try_into().map_err(|_| InvalidDigest)?));
    }
    Ok(None)
}

/// The header that says this digest.
pub fn header(sha256: &[u8; 32]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(sha256))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_read_as_it_is_written() {
        let digest = [7; 32];
        assert_eq!(sha256(&header(&digest)), Ok(Some(digest)));
        assert_eq!(sha256(&format!("sha-512=:AAAA:, {}", header(&digest))), Ok(Some(digest)));
        assert_eq!(sha256("sha-512=:AAAA:"), Ok(None));
    }

    #[test]
    fn a_malformed_digest_is_refused() {
        for wrong in ["", "sha-256", "sha-256=AAAA", "sha-256=:AAAA:", "sha-256=:not base64:"] {
            assert_eq!(sha256(wrong), Err(InvalidDigest), "{wrong}");
        }
    }
}
