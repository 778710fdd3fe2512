//! Randomness for what must not be guessed, from the operating system's generator.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRng as _;
use rand::rngs::SysRng;
use zeroize::Zeroize as _;

use crate::Redacted;

/// A uniform code of six digits.
///
/// # Panics
/// When the operating system has no randomness: nothing secret could be made then.
#[must_use]
pub fn code6() -> Redacted {
    const CODES: u32 = 1_000_000;
    // Draws above the last whole multiple would favour the low codes.
    const BOUND: u32 = u32::MAX - u32::MAX % CODES;
    loop {
        let draw = u32::from_le_bytes(bytes());
        if draw < BOUND {
            return Redacted::new(format!("{:06}", draw % CODES));
        }
    }
}

/// A token of this many random bytes, in base64url without padding.
///
/// # Panics
/// When the operating system has no randomness.
#[must_use]
pub fn token(length: usize) -> Redacted {
    let mut random = vec![0; length];
    fill(&mut random);
    let token = Redacted::new(URL_SAFE_NO_PAD.encode(&random));
    random.zeroize();
    token
}

/// Random bytes: a key, a nonce, a salt.
///
/// # Panics
/// When the operating system has no randomness.
#[must_use]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    fill(&mut bytes);
    bytes
}

fn fill(bytes: &mut [u8]) {
    SysRng.try_fill_bytes(bytes).expect("the operating system has randomness");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_six_digits_and_spread() {
        let codes: Vec<_> = (0..10_000).map(|_| code6()).collect();
        assert!(
            codes.iter().all(|c| c.expose().len() == 6 && c.expose().bytes().all(|b| b.is_ascii_digit()))
        );
        for first in 0..10_u8 {
            let share = codes.iter().filter(|code| code.expose().as_bytes()[0] == b'0' + first).count();
            // A tenth of 10,000 with ten standard deviations to spare.
            assert!((700..1300).contains(&share), "{first}: {share}");
        }
    }

    #[test]
    fn tokens_are_as_long_as_asked_and_differ() {
        assert_eq!(token(32).expose().len(), 43);
        assert_ne!(token(32).expose(), token(32).expose());
        assert_ne!(bytes::<16>(), bytes::<16>());
    }
}
