//! Access tokens (RFC 9068, EdDSA only) and Careway's own service tokens: verified by every service itself, against
//! identity's published keys. One algorithm, one type and one key set per kind of token.

use std::{
    collections::HashMap,
    sync::{Arc, Once, RwLock},
    time::Duration,
};

use anyhow::Context;
use careway_contract::identity::v1::{GetJwksRequest, key_service_client::KeyServiceClient};
use careway_kernel::{AccountId, ClientId, Clock, OrganizationId, Redacted, SessionId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, errors::ErrorKind};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::{sync::Mutex, time::Instant};

use crate::{
    caller::{Caller, OrganizationKind, Subject},
    error::{Error, Result, SharedReason},
    upstream::Registry,
};

/// `aud` of every token.
pub const AUDIENCE: &str = "careway-api";
/// `iss` of service tokens, whatever address the installation has: processes that are told of a new one, and those that are not
/// yet, go on calling each other. Access tokens had it too, before they named the public URL.
pub(crate) const OWN_NAME: &str = "careway";
/// `typ` of an access token.
pub const ACCESS_TYPE: &str = "at+jwt";
const SERVICE_TYPE: &str = "service+jwt";
const SERVICE_KEY_ID: &str = "service";
const LEEWAY_SECONDS: i64 = 30;
/// Longer than any token we issue.
const LONGEST_TOKEN: usize = 8 * 1024;
/// An unknown key id asks identity again at most this often.
const REFRESH_PAUSE: Duration = Duration::from_secs(5);
const SERVICE_TOKEN_SECONDS: i64 = 60;

#[derive(Debug, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    #[serde(default)]
    org: Option<OrganizationId>,
    #[serde(default)]
    kind: Option<OrganizationKind>,
    /// The permissions, separated by spaces (RFC 8693 §4.2).
    #[serde(default)]
    scope: Option<String>,
    /// The same in tokens that a process of the version before issued: they have no `scope`.
    #[serde(default)]
    perms: Vec<String>,
    #[serde(default)]
    sid: Option<SessionId>,
    #[serde(default)]
    client: bool,
}

#[derive(Clone)]
struct Verified {
    caller: Caller,
    issued: i64,
    expires: i64,
}

/// Verifies tokens. Cheap to clone; one per process.
#[derive(Clone)]
pub struct Verifier(Arc<Inner>);

struct Inner {
    issuers: Vec<String>,
    /// Whether it was said that a process issues tokens under another name.
    warned: Once,
    clock: Clock,
    registry: Registry,
    service_key: DecodingKey,
    keys: RwLock<HashMap<String, DecodingKey>>,
    fetched: Mutex<Option<Instant>>,
    /// By the token's SHA-256: verifying a signature costs more than all the rest of a request's way in.
    cache: Cache<[u8; 32], Arc<Verified>>,
    revoked: RwLock<HashMap<String, i64>>,
}

impl Verifier {
    /// `issuers`: every `iss` that is accepted.
    pub(crate) fn new(
        issuers: Vec<String>,
        clock: Clock,
        registry: Registry,
        service: &ServiceIdentity,
    ) -> Self {
        Self(Arc::new(Inner {
            issuers,
            warned: Once::new(),
            clock,
            registry,
            service_key: service.0.verifying.clone(),
            keys: RwLock::default(),
            fetched: Mutex::new(None),
            cache: Cache::builder().max_capacity(50_000).time_to_live(Duration::from_secs(600)).build(),
            revoked: RwLock::default(),
        }))
    }

    /// The caller a token stands for.
    ///
    /// # Errors
    /// 401 `TOKEN_REJECTED` for anything but a valid, unexpired, unrevoked token; it never says why.
    pub async fn verify(&self, token: &str) -> Result<Caller> {
        if token.len() > LONGEST_TOKEN {
            return Err(rejected());
        }
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let verified = match self.0.cache.get(&digest) {
            Some(verified) => verified,
            None => {
                let verified = Arc::new(self.check(token).await?);
                self.0.cache.insert(digest, verified.clone());
                verified
            }
        };
        if verified.expires + LEEWAY_SECONDS < self.0.clock.now().timestamp() || self.is_revoked(&verified) {
            return Err(rejected());
        }
        Ok(verified.caller.clone())
    }

    async fn check(&self, token: &str) -> Result<Verified> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| rejected())?;
        if header.alg != Algorithm::EdDSA {
            return Err(rejected());
        }
        let kid = header.kid.as_deref().ok_or_else(rejected)?;
        match header.typ.as_deref() {
            Some(SERVICE_TYPE) if kid == SERVICE_KEY_ID => {
                let claims = self.claims(token, &self.0.service_key)?;
                Ok(verified(Caller::bare(Subject::Service(claims.sub.clone())), &claims))
            }
            Some(ACCESS_TYPE) if kid != SERVICE_KEY_ID => {
                let claims = self.claims(token, &self.key(kid).await?)?;
                Ok(verified(caller(&claims)?, &claims))
            }
            _ => Err(rejected()),
        }
    }

    fn claims(&self, token: &str, key: &DecodingKey) -> Result<Claims> {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&self.0.issuers);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        // Times are judged below, by the service's own clock.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let claims = jsonwebtoken::decode::<Claims>(token, key, &validation)
            .map_err(|error| {
                if *error.kind() == ErrorKind::InvalidIssuer {
                    self.warn_of_settings();
                }
                rejected()
            })?
            .claims;
        let now = self.0.clock.now().timestamp();
        let timely = claims.exp + LEEWAY_SECONDS >= now
            && claims.nbf <= now + LEEWAY_SECONDS
            && claims.iat <= now + LEEWAY_SECONDS
            && self.0.issuers.contains(&claims.iss);
        if timely { Ok(claims) } else { Err(rejected()) }
    }

    /// Of a token that is signed with our own keys: whoever runs the processes hears of it, once.
    fn warn_of_settings(&self) {
        self.0.warned.call_once(|| {
            tracing::warn!(
                accepted = ?self.0.issuers,
                "a token of this installation names another issuer: CAREWAY_GATEWAY_PUBLIC_URL or CAREWAY_ISSUER differs \
                 between processes"
            );
        });
    }

    async fn key(&self, kid: &str) -> Result<DecodingKey> {
        if let Some(key) = self.known(kid) {
            return Ok(key);
        }
        let mut fetched = self.0.fetched.lock().await;
        if let Some(key) = self.known(kid) {
            return Ok(key);
        }
        if fetched.is_some_and(|at| at.elapsed() < REFRESH_PAUSE) {
            return Err(rejected());
        }
        let keys = self.fetch().await.map_err(|error| {
            tracing::warn!(%error, "identity's keys cannot be read");
            Error::new(SharedReason::KeysUnavailable, "Tokens cannot be verified now; try again.")
                .retry_after(Duration::from_secs(1))
        })?;
        *fetched = Some(Instant::now());
        *self.0.keys.write().expect("never poisoned") = keys;
        self.known(kid).ok_or_else(rejected)
    }

    fn known(&self, kid: &str) -> Option<DecodingKey> {
        self.0.keys.read().expect("never poisoned").get(kid).cloned()
    }

    async fn fetch(&self) -> anyhow::Result<HashMap<String, DecodingKey>> {
        let mut client = KeyServiceClient::new(self.0.registry.upstream("identity"));
        let mut request = tonic::Request::new(GetJwksRequest {});
        request.set_timeout(Duration::from_secs(5));
        let keys = client.get_jwks(request).await?.into_inner().keys;
        keys.into_iter().map(|key| Ok((key.kid, DecodingKey::from_ed_components(&key.x)?))).collect()
    }

    fn is_revoked(&self, verified: &Verified) -> bool {
        let revoked = self.0.revoked.read().expect("never poisoned");
        if revoked.is_empty() {
            return false;
        }
        let session =
            verified.caller.session.is_some_and(|id| revoked.contains_key(&format!("session:{id}")));
        let subject = match &verified.caller.subject {
            Subject::Account(id) => revoked.get(&format!("subject:{id}")),
            Subject::Client(id) => revoked.get(&format!("subject:{id}")),
            _ => None,
        };
        session || subject.is_some_and(|millis| verified.issued <= millis / 1000)
    }

    /// Reads what identity revoked, once a second, until `shutdown`. Tokens live ten minutes: so do the entries.
    pub(crate) async fn watch_revocations(
        self,
        mut redis: redis::aio::ConnectionManager,
        prefix: String,
        shutdown: tokio_util::sync::CancellationToken,
    ) {
        let mut every = tokio::time::interval(Duration::from_secs(1));
        every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                _ = every.tick() => {}
            }
            let _ = self.read_revocations(&mut redis, &prefix).await.inspect_err(
                |error| tracing::warn!(%error, "revocations cannot be read; the known ones hold"),
            );
        }
    }

    /// Reads what identity revoked, now.
    pub async fn read_revocations(
        &self,
        redis: &mut redis::aio::ConnectionManager,
        prefix: &str,
    ) -> Result<(), redis::RedisError> {
        let since = self.0.clock.now().timestamp_millis() - 15 * 60 * 1000;
        let entries: Vec<(String, f64)> = redis::cmd("ZRANGEBYSCORE")
            .arg(format!("{prefix}revoked"))
            .arg(since)
            .arg("+inf")
            .arg("WITHSCORES")
            .query_async(redis)
            .await?;
        let entries = entries.into_iter().map(|(entry, at)| (entry, at as i64)).collect();
        *self.0.revoked.write().expect("never poisoned") = entries;
        Ok(())
    }
}

fn verified(caller: Caller, claims: &Claims) -> Verified {
    Verified { caller, issued: claims.iat, expires: claims.exp }
}

fn caller(claims: &Claims) -> Result<Caller> {
    let subject = if claims.client {
        Subject::Client(ClientId::parse(&claims.sub).map_err(|_| rejected())?)
    } else {
        Subject::Account(AccountId::parse(&claims.sub).map_err(|_| rejected())?)
    };
    let organization = claims.org.ok_or_else(rejected)?;
    let kind = claims.kind.ok_or_else(rejected)?;
    Ok(Caller::of_organization(subject, organization, kind, claims.permissions(), claims.sid))
}

impl Claims {
    fn permissions(&self) -> Vec<String> {
        match &self.scope {
            Some(scope) => scope.split(' ').filter(|one| !one.is_empty()).map(str::to_owned).collect(),
            None => self.perms.clone(),
        }
    }
}

/// 401 `TOKEN_REJECTED`: the one answer to every token that is no good here.
pub fn rejected() -> Error {
    Error::new(SharedReason::TokenRejected, "The access token is not valid.")
}

/// Careway's own identity towards its services: signs the short tokens of internal RPCs. Every process of an
/// installation holds the same secret.
#[derive(Clone)]
pub struct ServiceIdentity(Arc<Keys>);

struct Keys {
    signing: EncodingKey,
    verifying: DecodingKey,
    clock: Clock,
    current: RwLock<Option<(String, i64)>>,
}

#[derive(Serialize)]
struct ServiceClaims {
    iss: &'static str,
    aud: &'static str,
    sub: &'static str,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl ServiceIdentity {
    /// Derives the key pair from the installation's secret (at least 32 characters).
    pub fn new(secret: &Redacted, clock: Clock) -> anyhow::Result<Self> {
        anyhow::ensure!(
            secret.expose().len() >= 32,
            "CAREWAY_SERVICE_SECRET must have at least 32 characters"
        );
        let mut hash = Sha256::new();
        hash.update(b"careway/service-token/v1");
        hash.update(secret.expose().as_bytes());
        let seed: [u8; 32] = hash.finalize().into();
        // RFC 8410: a PKCS#8 Ed25519 private key is this prefix and the seed.
        let mut pkcs8 = hex::decode("302e020100300506032b657004220420").expect("a constant");
        pkcs8.extend_from_slice(&seed);
        let signing = EncodingKey::from_ed_der(&pkcs8);
        let public = jsonwebtoken::jwk::Jwk::from_encoding_key(&signing, Algorithm::EdDSA)
            .context("the service key")?;
        let verifying = DecodingKey::from_jwk(&public).context("the service key")?;
        Ok(Self(Arc::new(Keys { signing, verifying, clock, current: RwLock::new(None) })))
    }

    /// A request to another service as Careway itself, for internal RPCs.
    pub fn request<M>(&self, message: M) -> tonic::Request<M> {
        let mut request = tonic::Request::new(message);
        if let Ok(mut value) = format!("Bearer {}", self.token()).parse::<tonic::metadata::MetadataValue<_>>()
        {
            value.set_sensitive(true);
            request.metadata_mut().insert("authorization", value);
        }
        crate::call::stamp(request.metadata_mut(), None);
        request.set_timeout(Duration::from_secs(5));
        request
    }

    fn token(&self) -> String {
        let now = self.0.clock.now().timestamp();
        if let Some((token, expires)) = &*self.0.current.read().expect("never poisoned")
            && *expires > now + SERVICE_TOKEN_SECONDS / 2
        {
            return token.clone();
        }
        let claims = ServiceClaims {
            iss: OWN_NAME,
            aud: AUDIENCE,
            sub: "careway",
            iat: now,
            nbf: now,
            exp: now + SERVICE_TOKEN_SECONDS,
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(SERVICE_TYPE.to_owned());
        header.kid = Some(SERVICE_KEY_ID.to_owned());
        let token = jsonwebtoken::encode(&header, &claims, &self.0.signing).expect("a valid key signs");
        *self.0.current.write().expect("never poisoned") = Some((token.clone(), claims.exp));
        token
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The permissions of a token that says this beside the usual.
    fn permissions(said: serde_json::Value) -> Vec<String> {
        let mut claims = json!({"iss": "careway", "sub": "s", "iat": 0, "nbf": 0, "exp": 600});
        claims.as_object_mut().unwrap().extend(said.as_object().unwrap().clone());
        serde_json::from_value::<Claims>(claims).unwrap().permissions()
    }

    #[test]
    fn permissions_are_the_scope_and_in_tokens_of_the_version_before_a_list() {
        let both = ["claims.read", "visits.read"];
        assert_eq!(permissions(json!({"scope": "claims.read visits.read"})), both);
        assert_eq!(permissions(json!({"perms": both})), both);
        assert_eq!(permissions(json!({"scope": "visits.read", "perms": both})), ["visits.read"]);
        assert_eq!(permissions(json!({"scope": "", "perms": both})), [""; 0]);
        assert_eq!(permissions(json!({})), [""; 0]);
    }
}
