//! Tokens of our own making. The forger is stronger than any outside: its key can stand among identity's published ones.

use careway_contract::identity::v1::{
    GetJwksRequest, GetJwksResponse, JsonWebKey, key_service_client::KeyServiceClient,
};
use careway_service::Upstream;
use careway_testing::ISSUER;
use careway_tests::TestPlatform;
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk as PublicKey};
use prost::Message;
use serde_json::{Value, json};
use tonic::body::Body;
use tower::{ServiceExt, util::BoxCloneSyncService};

/// The id under which a published key stands.
pub(crate) const KNOWN: &str = "forger-known";

/// A key pair to sign tokens with.
pub(crate) struct Forger {
    key: EncodingKey,
    pub(crate) public: PublicKey,
}

impl Forger {
    pub(crate) fn new() -> Self {
        let mut pkcs8 = hex::decode("302e020100300506032b657004220420").unwrap();
        pkcs8.extend(rand::random::<[u8; 32]>());
        let key = EncodingKey::from_ed_der(&pkcs8);
        let public = PublicKey::from_encoding_key(&key, Algorithm::EdDSA).unwrap();
        Self { key, public }
    }

    pub(crate) fn sign(&self, header: &Header, claims: &Value) -> String {
        jsonwebtoken::encode(header, claims, &self.key).unwrap()
    }

    /// Puts the key among those identity publishes.
    pub(crate) async fn publish(&self, platform: &TestPlatform) {
        let foundation = platform.in_process().foundation();
        let identity = foundation.registry.upstream("identity");
        let mut keys = KeyServiceClient::new(identity.clone())
            .get_jwks(GetJwksRequest {})
            .await
            .unwrap()
            .into_inner()
            .keys;
        keys.push(JsonWebKey { kid: KNOWN.to_owned(), x: self.x(), alg: "EdDSA".to_owned() });
        let message = GetJwksResponse { keys }.encode_to_vec();
        let mut frame = vec![0];
        frame.extend((message.len() as u32).to_be_bytes());
        frame.extend(message);
        let service = tower::service_fn(move |request: http::Request<Body>| {
            let (identity, frame) = (identity.clone(), frame.clone());
            async move {
                if request.uri().path().ends_with("/GetJwks") {
                    let mut trailers = http::HeaderMap::new();
                    trailers.insert("grpc-status", "0".parse().unwrap());
                    let body = http_body_util::BodyExt::with_trailers(
                        http_body_util::Full::new(bytes::Bytes::from(frame)),
                        std::future::ready(Some(Ok(trailers))),
                    );
                    let response = http::Response::builder().header("content-type", "application/grpc");
                    return Ok(response.body(Body::new(body)).unwrap());
                }
                identity.oneshot(request).await
            }
        });
        let upstream: Upstream = BoxCloneSyncService::new(service);
        foundation.registry.provide("identity", upstream);
    }

    pub(crate) fn x(&self) -> String {
        serde_json::to_value(&self.public).unwrap()["x"].as_str().unwrap().to_owned()
    }
}

/// The header of an access token.
pub(crate) fn header(kid: &str) -> Header {
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some("at+jwt".to_owned());
    header.kid = Some(kid.to_owned());
    header
}

/// What an access token says: a facility's person who may read visits.
pub(crate) fn claims(now: i64) -> Value {
    json!({
        "iss": ISSUER, "aud": "careway-api", "sub": uuid::Uuid::now_v7(), "org": uuid::Uuid::now_v7(),
        "kind": "FACILITY", "client_id": "careway", "scope": "visits.read", "amr": ["pwd"], "jti": uuid::Uuid::now_v7(),
        "iat": now, "nbf": now, "exp": now + 600
    })
}
