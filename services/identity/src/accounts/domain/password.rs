//! Passwords: which are accepted, and argon2id.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use careway_kernel::{Redacted, text::nfc};

/// Length is what makes a password strong (NIST SP 800-63B: no composition rules).
const SHORTEST: usize = 12;
const LONGEST: usize = 128;

/// KiB that one hash takes unless told otherwise: with two passes, OWASP's recommendation.
pub(crate) const MEMORY_KIB: u32 = Params::DEFAULT_M_COST;

/// Long enough and still the first that anybody tries. Compared without case, spaces and punctuation.
const COMMON: &[&str] = &[
    "passwordpassword",
    "password1234",
    "password12345",
    "password123456",
    "passw0rd1234",
    "mypassword123",
    "administrator",
    "administrator1",
    "administrator123",
    "adminadminadmin",
    "adminadmin123",
    "welcome12345",
    "welcomewelcome",
    "qwertyuiop12",
    "qwertyuiop123",
    "qwertyuiopasdf",
    "qwertyqwerty",
    "1qaz2wsx3edc",
    "1q2w3e4r5t6y",
    "1qazxsw23edc",
    "q1w2e3r4t5y6",
    "zaq12wsxcde3",
    "123456789012",
    "1234567890123",
    "012345678910",
    "123456123456",
    "123123123123",
    "987654321987",
    "0987654321098",
    "abcdefghijkl",
    "abcd12345678",
    "abc123abc123",
    "iloveyou1234",
    "iloveyouforever",
    "letmein12345",
    "letmeinletmein",
    "changeme1234",
    "changemenow123",
    "changemechangeme",
    "secretsecret",
    "topsecret1234",
    "careway12345",
    "carewaycareway",
    "carewaypassword",
    "hospital1234",
    "hospitalhospital",
    "doctor123456",
    "nurse1234567",
    "football1234",
    "liverpool1234",
    "arsenal12345",
    "manchesterunited",
    "sunshine1234",
    "princess1234",
    "asdfghjkl123",
    "asdfasdfasdf",
    "zxcvbnmasdfg",
    "trustno1trustno1",
    "superman1234",
    "batman123456",
];

/// A password that may be set.
#[derive(Debug, Clone)]
pub(crate) struct Password(Redacted);

/// Not a password that may be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidPassword {
    #[error("must have 12 to 128 characters")]
    Length,
    #[error("is one of those that are tried first; choose another")]
    Common,
}

impl Password {
    /// Reads a new password.
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidPassword> {
        // Bounded before the work of composing.
        if text.len() > LONGEST * 4 || !(SHORTEST..=LONGEST).contains(&text.chars().count()) {
            return Err(InvalidPassword::Length);
        }
        let plain: String = text.to_lowercase().chars().filter(|char| char.is_alphanumeric()).collect();
        let mut different: Vec<char> = text.chars().collect();
        different.sort_unstable();
        different.dedup();
        if different.len() < 5 || COMMON.contains(&plain.as_str()) {
            return Err(InvalidPassword::Common);
        }
        Ok(Self(composed(text)))
    }

    /// Argon2id with so much memory, two passes and a fresh salt, as a PHC string.
    pub(crate) fn hash(&self, memory_kib: u32) -> anyhow::Result<String> {
        let params = Params::new(memory_kib, Params::DEFAULT_T_COST, Params::DEFAULT_P_COST, None)
            .map_err(|error| anyhow::anyhow!("argon2: {error}"))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        Ok(argon2
            .hash_password(self.0.expose().as_bytes())
            .map_err(|error| anyhow::anyhow!("argon2: {error}"))?
            .to_string())
    }
}

/// What somebody typed to sign in; any text of bounded length.
#[derive(Debug, Clone)]
pub(crate) struct Attempt(Redacted);

impl Attempt {
    /// Takes the text as typed. What is too long to be a password is wrong, without the work of hashing megabytes.
    pub(crate) fn new(text: &str) -> Self {
        Self(if text.len() > LONGEST * 4 { Redacted::default() } else { composed(text) })
    }

    /// Whether it is the password of this hash.
    pub(crate) fn matches(&self, hash: &str) -> bool {
        let parsed = PasswordHash::new(hash);
        parsed.is_ok_and(|hash| Argon2::default().verify_password(self.0.expose().as_bytes(), &hash).is_ok())
    }
}

/// Keyboards compose letters differently; the person typed the same.
fn composed(text: &str) -> Redacted {
    Redacted::new(nfc(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_is_all_it_takes() {
        for good in
            ["umuganda ku wa gatandatu", "correct horse battery staple", "kjh7dk2nn1pq", "мой длинный пароль"]
        {
            assert!(Password::parse(good).is_ok(), "{good}");
        }
        assert_eq!(Password::parse("short").unwrap_err(), InvalidPassword::Length);
        assert_eq!(Password::parse(&"abcdefg".repeat(20)).unwrap_err(), InvalidPassword::Length);
    }

    #[test]
    fn the_common_ones_are_refused() {
        for common in ["Password-1234", "aaaaaaaaaaaa", "121212121212", "Manchester United", "1qaz2wsx3edc"] {
            assert_eq!(Password::parse(common).unwrap_err(), InvalidPassword::Common, "{common}");
        }
    }

    #[test]
    fn a_hash_knows_its_password() {
        let hash = Password::parse("Nguyễn Thị Đào 12").unwrap().hash(MEMORY_KIB).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(Attempt::new("Nguye\u{302}\u{303}n Thi\u{323} Đào 12").matches(&hash));
        assert!(!Attempt::new("nguyễn thị đào 12").matches(&hash));
        assert!(!Attempt::new(&"x".repeat(1_000_000)).matches(&hash));
        assert!(!Attempt::new("x").matches("not a hash"));
    }

    #[test]
    fn nothing_is_printed() {
        assert!(!format!("{:?}", Password::parse("umuganda ku wa gatandatu").unwrap()).contains("umuganda"));
    }
}
