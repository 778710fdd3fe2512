//! The second factor: time-based codes (RFC 6238), each good once, and recovery codes.

use careway_kernel::{Email, Redacted, random, text::bare};
use chrono::{DateTime, Utc};
use totp_rs::{Builder, Totp};
use zeroize::Zeroizing;

/// How many recovery codes a person gets.
pub(crate) const RECOVERY_CODES: usize = 10;

const ISSUER: &str = "Careway";

/// The secret that a person's app and Careway share: 160 bits, as RFC 4226 recommends.
#[derive(Clone)]
pub(crate) struct TotpSecret(Zeroizing<Vec<u8>>);

impl TotpSecret {
    /// A fresh secret.
    pub(crate) fn generate() -> Self {
        Self(Zeroizing::new(random::bytes::<20>().to_vec()))
    }

    /// The secret as it was kept.
    pub(crate) fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The secret in base32, and the URI for a QR code.
    pub(crate) fn provisioning(&self, account: &Email) -> anyhow::Result<(Redacted, Redacted)> {
        let totp = self.totp(account.as_str())?;
        Ok((Redacted::new(totp.secret().to_base32()), Redacted::new(totp.to_url()?)))
    }

    /// The time step of a right code, as a person typed or pasted it, when it is later than the last one used: a code that was
    /// used, or is older than one that was, is refused.
    pub(crate) fn check(&self, code: &str, now: DateTime<Utc>, last_step: Option<i64>) -> Option<i64> {
        let seconds = u64::try_from(now.timestamp()).ok()?;
        let step = self.totp("").ok()?.check(&bare(code), seconds)?;
        i64::try_from(step).ok().filter(|step| last_step.is_none_or(|last| *step > last))
    }

    fn totp(&self, account: &str) -> anyhow::Result<Totp> {
        let builder =
            Builder::new().with_secret(self.0.to_vec()).with_issuer(Some(ISSUER)).with_account_name(account);
        Ok(builder.build()?)
    }
}

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("•••")
    }
}

/// A code that signs in once in place of the app: 60 random bits as `7KQ2-MX4D-9TRB`.
#[derive(Debug, Clone)]
pub(crate) struct RecoveryCode(Redacted);

/// Crockford's: no I, L, O, U, so that a person copies it right.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl RecoveryCode {
    /// Fresh codes.
    pub(crate) fn generate() -> Vec<Self> {
        let one = || random::bytes::<12>().map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
        (0..RECOVERY_CODES).map(|_| Self(one().into_iter().collect::<String>().into())).collect()
    }

    /// Reads what a person typed or pasted; none when it cannot be a recovery code.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let plain = |char: char| match char.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let code: String = bare(text).chars().take(13).map(plain).collect();
        let fits = code.len() == 12 && code.bytes().all(|byte| ALPHABET.contains(&byte));
        fits.then(|| Self(code.into()))
    }

    /// The bare letters: what is digested.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }

    /// As it is shown, once.
    pub(crate) fn show(&self) -> String {
        let code = self.0.expose();
        format!("{}-{}-{}", &code[..4], &code[4..8], &code[8..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn the_vectors_of_rfc_6238() {
        let secret = TotpSecret::from_bytes(b"12345678901234567890".to_vec());
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924")] {
            assert_eq!(secret.check(code, at(seconds), None), Some(seconds / 30), "{code}");
        }
    }

    #[test]
    fn a_code_is_good_once_and_a_step_early_or_late() {
        let secret = TotpSecret::from_bytes(b"12345678901234567890".to_vec());
        let now = at(1_234_567_890);
        let step = secret.check("005924", now, None).unwrap();
        for typed in ["005 924", "005\u{2013}924", " 005924\u{a0}"] {
            assert_eq!(secret.check(typed, now, None), Some(step), "{typed}");
        }
        assert_eq!(secret.check("005924", now, Some(step)), None);
        assert_eq!(secret.check("005924", now + Duration::seconds(30), Some(step - 1)), Some(step));
        assert_eq!(secret.check("005924", now + Duration::seconds(90), None), None);
        for wrong in ["", "5924", "005925", "0059245", "abcdef"] {
            assert_eq!(secret.check(wrong, now, None), None, "{wrong}");
        }
    }

    #[test]
    fn apps_can_read_the_uri() {
        let secret = TotpSecret::generate();
        let (text, uri) = secret.provisioning(&Email::parse("aline+desk@hospital.example").unwrap()).unwrap();
        assert_eq!(text.expose().len(), 32);
        assert!(
            uri.expose().starts_with("otpauth://totp/Careway:aline%2Bdesk%40hospital.example?"),
            "{}",
            uri.expose()
        );
        assert!(uri.expose().contains(text.expose()));
    }

    #[test]
    fn recovery_codes_are_read_as_people_copy_them() {
        let codes = RecoveryCode::generate();
        assert_eq!(codes.len(), RECOVERY_CODES);
        for code in codes {
            let shown = code.show();
            assert_eq!(shown.len(), 14);
            for typed in
                [shown.clone(), shown.to_lowercase(), shown.replace('-', " "), shown.replace('0', "o")]
            {
                assert_eq!(RecoveryCode::parse(&typed).unwrap().expose(), code.expose());
            }
        }
        assert!(RecoveryCode::parse("492039").is_none());
        assert!(RecoveryCode::parse("7KQ2-MX4D-9TRBX").is_none());
    }
}
