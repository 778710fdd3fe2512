//! The keys that sign access tokens: Ed25519, at most two living, each published before it signs and until the last
//! token it signed has died.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::{
    Algorithm, EncodingKey, Header,
    jwk::{AlgorithmParameters, Jwk},
};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::sessions::domain::token::{ACCESS_LIFETIME, ACCESS_TYPE, Claims};

/// From publishing to signing: by then every service and the gateway have it.
pub(crate) const PUBLISHED_AHEAD: Duration = Duration::minutes(1);
/// How much later than its end a token may still be accepted.
const LEEWAY: Duration = Duration::minutes(1);
/// RFC 8410: a PKCS#8 Ed25519 private key is this prefix and the seed.
const PKCS8_PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// One key and its times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SigningKey {
    pub(crate) kid: Uuid,
    pub(crate) public: [u8; 32],
    pub(crate) created_at: DateTime<Utc>,
    /// It signs from then on.
    pub(crate) active_from: DateTime<Utc>,
    /// It signs no more from then on.
    pub(crate) retired_at: Option<DateTime<Utc>>,
}

/// The private half: 32 bytes.
pub(crate) type Seed = Zeroizing<[u8; 32]>;

impl SigningKey {
    /// The public half of a seed.
    pub(crate) fn public_of(seed: &Seed) -> anyhow::Result<[u8; 32]> {
        match Jwk::from_encoding_key(&encoding_key(seed), Algorithm::EdDSA)?.algorithm {
            AlgorithmParameters::OctetKeyPair(pair) => {
                let public = URL_SAFE_NO_PAD.decode(pair.x)?;
                public.try_into().map_err(|_| anyhow::anyhow!("an Ed25519 public key has 32 bytes"))
            }
            _ => anyhow::bail!("an Ed25519 key is an octet key pair"),
        }
    }

    /// Whether tokens may be signed with it now.
    pub(crate) fn signs(&self, now: DateTime<Utc>) -> bool {
        self.active_from <= now && self.retired_at.is_none_or(|retired| now < retired)
    }

    /// Whether it is in the JWKS now.
    pub(crate) fn is_published(&self, now: DateTime<Utc>) -> bool {
        self.retired_at.is_none_or(|retired| now < retired + ACCESS_LIFETIME + LEEWAY)
    }

    /// The public half in base64url.
    pub(crate) fn x(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.public)
    }
}

/// What is to be done about the keys now.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Rotation {
    /// Nothing.
    NotDue,
    /// A new key, which signs from then on.
    NewKey { active_from: DateTime<Utc> },
    /// Not now: a new key is about to sign already.
    UnderWay,
}

/// Decides about a new key. `max_age` none: somebody asks for one.
pub(crate) fn rotation(keys: &[SigningKey], max_age: Option<Duration>, now: DateTime<Utc>) -> Rotation {
    let Some(newest) = keys.iter().filter(|key| key.retired_at.is_none()).max_by_key(|key| key.active_from)
    else {
        return Rotation::NewKey { active_from: now };
    };
    match max_age {
        Some(age) if newest.active_from + age > now => Rotation::NotDue,
        _ if newest.active_from > now => Rotation::UnderWay,
        _ => Rotation::NewKey { active_from: now + PUBLISHED_AHEAD },
    }
}

fn encoding_key(seed: &Seed) -> EncodingKey {
    let mut der = Zeroizing::new([0; 48]);
    der[..16].copy_from_slice(&PKCS8_PREFIX);
    der[16..].copy_from_slice(&seed[..]);
    EncodingKey::from_ed_der(&der[..])
}

/// A key that can sign.
#[derive(Clone)]
pub(crate) struct Signer {
    pub(crate) key: SigningKey,
    private: EncodingKey,
}

impl Signer {
    /// The key with its private half.
    pub(crate) fn new(key: SigningKey, seed: &Seed) -> Self {
        Self { key, private: encoding_key(seed) }
    }

    /// The token of these claims.
    pub(crate) fn sign(&self, claims: &Claims) -> anyhow::Result<String> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(ACCESS_TYPE.to_owned());
        header.kid = Some(self.key.kid.to_string());
        Ok(jsonwebtoken::encode(&header, claims, &self.private)?)
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.key.kid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use careway_kernel::random;
    use jsonwebtoken::{DecodingKey, Validation};

    fn now() -> DateTime<Utc> {
        "2026-03-01T08:00:00Z".parse().unwrap()
    }

    fn key(active_from: DateTime<Utc>, retired_at: Option<DateTime<Utc>>) -> SigningKey {
        SigningKey { kid: Uuid::from_u128(1), public: [0; 32], created_at: now(), active_from, retired_at }
    }

    #[test]
    fn the_first_key_signs_at_once_and_the_next_a_minute_later() {
        assert_eq!(rotation(&[], None, now()), Rotation::NewKey { active_from: now() });
        let first = key(now(), None);
        let next = Rotation::NewKey { active_from: now() + PUBLISHED_AHEAD };
        assert_eq!(rotation(std::slice::from_ref(&first), None, now()), next);
        assert_eq!(rotation(std::slice::from_ref(&first), Some(Duration::days(30)), now()), Rotation::NotDue);
        assert_eq!(rotation(&[first], Some(Duration::zero()), now()), next);
    }

    #[test]
    fn a_rotation_waits_for_the_one_before() {
        let keys = [key(now(), Some(now() + PUBLISHED_AHEAD)), key(now() + PUBLISHED_AHEAD, None)];
        assert_eq!(rotation(&keys, None, now()), Rotation::UnderWay);
        let both: Vec<_> = keys.iter().map(|key| (key.signs(now()), key.is_published(now()))).collect();
        assert_eq!(both, [(true, true), (false, true)]);
        let later = now() + PUBLISHED_AHEAD;
        let both: Vec<_> = keys.iter().map(|key| (key.signs(later), key.is_published(later))).collect();
        assert_eq!(both, [(false, true), (true, true)]);
        assert!(!keys[0].is_published(later + ACCESS_LIFETIME + LEEWAY));
    }

    #[test]
    fn a_token_verifies_with_the_published_half() {
        let seed = Zeroizing::new(random::bytes());
        let public = SigningKey::public_of(&seed).unwrap();
        let signer = Signer::new(SigningKey { public, ..key(now(), None) }, &seed);
        let claims = Claims {
            iss: "careway".to_owned(),
            aud: "careway-api".to_owned(),
            sub: Uuid::nil(),
            org: careway_kernel::OrganizationId::from_uuid(Uuid::nil()),
            kind: careway_service::OrganizationKind::Payer,
            client_id: Uuid::nil().to_string(),
            scope: String::new(),
            perms: Vec::new(),
            sid: None,
            amr: Vec::new(),
            jti: Uuid::nil(),
            iat: 0,
            nbf: 0,
            exp: i64::MAX,
            client: Some(true),
        };
        let token = signer.sign(&claims).unwrap();
        let header = jsonwebtoken::decode_header(&token).unwrap();
        assert_eq!((header.typ.as_deref(), header.kid), (Some("at+jwt"), Some(signer.key.kid.to_string())));
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&["careway-api"]);
        let published = DecodingKey::from_ed_components(&signer.key.x()).unwrap();
        assert!(jsonwebtoken::decode::<Claims>(&token, &published, &validation).is_ok());
    }
}
