//! People who call a service in a test, with access tokens of a key that the test holds: signing in is tested elsewhere.

use careway_contract::identity::v1::{
    GetJwksRequest, GetJwksResponse, JsonWebKey, RotateSigningKeyRequest, RotateSigningKeyResponse,
    key_service_server::{KeyService, KeyServiceServer},
};
use careway_kernel::{AccountId, Clock, OrganizationId};
use careway_service::{OrganizationKind, Upstream};
use jsonwebtoken::{
    Algorithm, EncodingKey, Header,
    jwk::{AlgorithmParameters, Jwk},
};
use serde_json::json;
use tonic::{Request, Response, Status, async_trait, service::Routes};
use tower::{ServiceExt, util::BoxCloneSyncService};

/// Who issues access tokens where no setting says another: the default of `CAREWAY_GATEWAY_PUBLIC_URL`.
pub const ISSUER: &str = "http://127.0.0.1:8080";

/// Somebody who works for an organization.
#[derive(Debug, Clone)]
pub struct Person {
    /// Whom they work for.
    pub organization: OrganizationId,
    /// What that is.
    pub kind: OrganizationKind,
    /// They themselves.
    pub account: AccountId,
}

impl Person {
    /// Somebody of an organization of their own.
    #[must_use]
    pub fn of(kind: OrganizationKind, clock: &Clock) -> Self {
        Self { organization: OrganizationId::new(clock), kind, account: AccountId::new(clock) }
    }

    /// Somebody else of the same organization.
    #[must_use]
    pub fn colleague(&self, clock: &Clock) -> Self {
        Self { account: AccountId::new(clock), ..self.clone() }
    }
}

/// Signs access tokens, and answers with its key what identity's `KeyService` is asked.
#[derive(Clone)]
pub struct TokenSigner {
    clock: Clock,
    key: EncodingKey,
}

impl TokenSigner {
    /// By this clock.
    #[must_use]
    pub fn new(clock: &Clock) -> Self {
        // RFC 8410: a PKCS#8 Ed25519 private key is this prefix and the seed.
        let mut pkcs8 = hex::decode("302e020100300506032b657004220420").expect("hexadecimal digits");
        pkcs8.extend_from_slice(&[7; 32]);
        Self { clock: clock.clone(), key: EncodingKey::from_ed_der(&pkcs8) }
    }

    /// A person's request with these permissions, under a key.
    ///
    /// # Panics
    /// When the key is no text for a header.
    pub fn request<M>(&self, person: &Person, permissions: &[&str], key: &str, message: M) -> Request<M> {
        let mut request = Request::new(message);
        let token = format!("Bearer {}", self.token(person, permissions));
        request.metadata_mut().insert("authorization", token.parse().expect("a token"));
        request.metadata_mut().insert("idempotency-key", key.parse().expect("a key"));
        request
    }

    fn token(&self, person: &Person, permissions: &[&str]) -> String {
        let now = self.clock.now().timestamp();
        let claims = json!({
            "iss": ISSUER, "aud": "careway-api", "iat": now, "nbf": now, "exp": now + 600,
            "sub": person.account, "org": person.organization, "kind": person.kind, "client_id": "careway",
            "scope": permissions.join(" "),
        });
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some("test".to_owned());
        jsonwebtoken::encode(&header, &claims, &self.key).expect("claims that can be signed")
    }

    /// Its RPCs.
    #[must_use]
    pub fn keys(&self) -> KeyServiceServer<Self> {
        KeyServiceServer::new(self.clone())
    }
}

#[async_trait]
impl KeyService for TokenSigner {
    async fn get_jwks(&self, _: Request<GetJwksRequest>) -> Result<Response<GetJwksResponse>, Status> {
        let jwk =
            Jwk::from_encoding_key(&self.key, Algorithm::EdDSA).map_err(|_| Status::internal("a key"))?;
        let AlgorithmParameters::OctetKeyPair(pair) = jwk.algorithm else {
            return Err(Status::internal("an Ed25519 key"));
        };
        let key = JsonWebKey { kid: "test".to_owned(), x: pair.x, alg: "EdDSA".to_owned() };
        Ok(Response::new(GetJwksResponse { keys: vec![key] }))
    }

    async fn rotate_signing_key(
        &self,
        _: Request<RotateSigningKeyRequest>,
    ) -> Result<Response<RotateSigningKeyResponse>, Status> {
        Err(Status::unimplemented("the test's key stays"))
    }
}

/// A service that a test answers for, as another service calls it.
#[must_use]
pub fn upstream(routes: Routes) -> Upstream {
    type HttpRequest = http::Request<tonic::body::Body>;
    let answered = ServiceExt::<HttpRequest>::map_err(routes.prepare(), |never| -> Status { match never {} });
    BoxCloneSyncService::new(answered)
}
