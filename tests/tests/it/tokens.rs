//! Forged, stale and misdirected tokens, against every RPC of every service: all refused.
//!
//! The forger here is stronger than any outside: one of its keys is among identity's published ones. So the control, a
//! right token signed with that key, is accepted, and each attack differs from it in one thing.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use careway_contract::identity::v1::{
    GetJwksRequest, GetJwksResponse, JsonWebKey, key_service_client::KeyServiceClient,
};
use careway_service::{Access, Upstream};
use careway_tests::World;
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk as PublicKey};
use prost::Message;
use serde_json::{Value, json};
use tonic::{Code, body::Body};
use tonic_types::StatusExt;
use tower::{ServiceExt, util::BoxCloneSyncService};

const KNOWN: &str = "forger-known";
const REJECTED: (Code, &str) = (Code::Unauthenticated, "TOKEN_REJECTED");

#[tokio::test(flavor = "multi_thread")]
async fn no_attack_on_a_token_gets_past_any_rpc() {
    let world = World::start().await;
    let known = Forger::new();
    let foreign = Forger::new();
    publish(&world, &known).await;

    let now = world.platform().foundation().clock.now().timestamp();
    let attacks = attacks(&known, &foreign, now);
    let control = known.sign(&header(KNOWN), &claims(now));
    let mut answered = BTreeSet::new();
    let rules: Vec<_> = world.platform().foundation().policy().rules().collect();
    assert!(rules.len() > 40, "the contract has every RPC");
    for (method, access) in rules {
        if *access == Access::Public {
            continue;
        }
        for (attack, token) in &attacks {
            let (code, reason) = call(&world, method, Some(token)).await;
            assert_eq!((code, reason.as_str()), REJECTED, "{method} with {attack}");
        }
        assert_eq!(call(&world, method, None).await.1, "TOKEN_REQUIRED", "{method} without a token");
        let (code, reason) = call(&world, method, Some(&control)).await;
        assert!(reason != "TOKEN_REJECTED" && reason != "TOKEN_REQUIRED", "{method} refuses the control");
        if *access == Access::Internal {
            assert_eq!(code, Code::PermissionDenied, "{method} is for services only");
        }
        answered.insert(code as i32);
    }
    assert!(answered.len() > 1, "the control gets past the guard");
}

/// Each differs from the control in the one thing its name says.
fn attacks(known: &Forger, foreign: &Forger, now: i64) -> Vec<(&'static str, String)> {
    let right = header(KNOWN);
    let mut attacks = vec![
        ("no algorithm", unsigned(json!({"alg": "none", "typ": "at+jwt", "kid": KNOWN}), &claims(now))),
        ("HS256 with the public key", symmetric(known, &claims(now))),
        ("another's key under a known id", foreign.sign(&right, &claims(now))),
        ("an unknown key id", foreign.sign(&header("nobody"), &claims(now))),
        ("a service's key id", foreign.sign(&header("service"), &claims(now))),
        ("no key id", known.sign(&Header { kid: None, ..right.clone() }, &claims(now))),
        (
            "an access token's type missing",
            known.sign(&Header { typ: Some("JWT".to_owned()), ..right.clone() }, &claims(now)),
        ),
        (
            "a service token's type",
            known.sign(&Header { typ: Some("service+jwt".to_owned()), ..right.clone() }, &claims(now)),
        ),
        (
            "jku",
            foreign.sign(
                &Header { jku: Some("https://attacker.example/jwks".to_owned()), ..right.clone() },
                &claims(now),
            ),
        ),
        ("jwk", foreign.sign(&Header { jwk: Some(foreign.public.clone()), ..right.clone() }, &claims(now))),
        (
            "x5u",
            foreign.sign(
                &Header { x5u: Some("https://attacker.example/x5u".to_owned()), ..right.clone() },
                &claims(now),
            ),
        ),
    ];
    let changes = [
        ("another audience", json!({"aud": "another-api"})),
        ("another issuer", json!({"iss": "attacker"})),
        ("an end long past", json!({"exp": now - 60})),
        ("a beginning yet to come", json!({"nbf": now + 300})),
        ("an issue yet to come", json!({"iat": now + 300})),
        ("no end", json!({"exp": null})),
        ("no beginning", json!({"nbf": null})),
        ("no audience", json!({"aud": null})),
        ("no subject", json!({"sub": null})),
        ("no organization", json!({"org": null})),
        ("a subject that is no id", json!({"sub": "root"})),
        ("a kind that does not exist", json!({"kind": "GOD"})),
    ];
    attacks.extend(changes.map(|(name, change)| (name, known.sign(&right, &changed(claims(now), change)))));
    let control = known.sign(&right, &claims(now));
    let (body, signature) = control.rsplit_once('.').unwrap();
    attacks.push(("no signature", format!("{body}.")));
    attacks.push((
        "another's signature",
        format!("{body}.{}", foreign.sign(&right, &claims(now)).rsplit_once('.').unwrap().1),
    ));
    attacks.push((
        "other claims under the signature",
        swapped(&control, &changed(claims(now), json!({"kind": "PLATFORM"})), signature),
    ));
    attacks.push(("16 KB", format!("{control}{}", "A".repeat(16 * 1024))));
    attacks.push(("nonsense", "a.b.c".to_owned()));
    attacks
}

struct Forger {
    key: EncodingKey,
    public: PublicKey,
}

impl Forger {
    fn new() -> Self {
        let mut pkcs8 = hex::decode("302e020100300506032b657004220420").unwrap();
        pkcs8.extend(rand::random::<[u8; 32]>());
        let key = EncodingKey::from_ed_der(&pkcs8);
        let public = PublicKey::from_encoding_key(&key, Algorithm::EdDSA).unwrap();
        Self { key, public }
    }

    fn sign(&self, header: &Header, claims: &Value) -> String {
        jsonwebtoken::encode(header, claims, &self.key).unwrap()
    }

    fn x(&self) -> String {
        serde_json::to_value(&self.public).unwrap()["x"].as_str().unwrap().to_owned()
    }
}

fn header(kid: &str) -> Header {
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some("at+jwt".to_owned());
    header.kid = Some(kid.to_owned());
    header
}

fn claims(now: i64) -> Value {
    json!({
        "iss": "careway", "aud": "careway-api", "sub": uuid::Uuid::now_v7(), "org": uuid::Uuid::now_v7(),
        "kind": "FACILITY", "perms": ["visits.read"], "amr": ["pwd"], "jti": uuid::Uuid::now_v7(),
        "iat": now, "nbf": now, "exp": now + 600
    })
}

/// `null` takes a claim away.
fn changed(mut claims: Value, change: Value) -> Value {
    for (name, value) in change.as_object().unwrap() {
        let all = claims.as_object_mut().unwrap();
        if value.is_null() {
            all.remove(name);
        } else {
            all.insert(name.clone(), value.clone());
        }
    }
    claims
}

fn unsigned(header: Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.", part(&header), part(claims))
}

fn symmetric(known: &Forger, claims: &Value) -> String {
    let header = Header {
        kid: Some(KNOWN.to_owned()),
        typ: Some("at+jwt".to_owned()),
        ..Header::new(Algorithm::HS256)
    };
    let public = URL_SAFE_NO_PAD.decode(known.x()).unwrap();
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(&public)).unwrap()
}

fn swapped(control: &str, claims: &Value, signature: &str) -> String {
    let header = control.split('.').next().unwrap();
    format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

/// Puts the forger's key among those identity publishes.
async fn publish(world: &World, forger: &Forger) {
    let foundation = world.platform().foundation();
    let identity = foundation.registry.upstream("identity");
    let mut keys =
        KeyServiceClient::new(identity.clone()).get_jwks(GetJwksRequest {}).await.unwrap().into_inner().keys;
    keys.push(JsonWebKey { kid: KNOWN.to_owned(), x: forger.x(), alg: "EdDSA".to_owned() });
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

/// Calls an RPC with an empty message; its status and the reason of its refusal.
async fn call(world: &World, method: &'static str, token: Option<&str>) -> (Code, String) {
    let context = method.trim_start_matches('/').split('.').nth(1).unwrap();
    let upstream = world.platform().foundation().registry.upstream(context);
    let mut request = http::Request::post(method)
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .header("idempotency-key", uuid::Uuid::now_v7().to_string());
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let body = http_body_util::Full::new(bytes::Bytes::from_static(&[0; 5]));
    let response = upstream.oneshot(request.body(Body::new(body)).unwrap()).await.unwrap();
    let status = match tonic::Status::from_header_map(response.headers()) {
        Some(status) => Some(status),
        None => {
            let collected = http_body_util::BodyExt::collect(response.into_body()).await.unwrap();
            collected.trailers().and_then(tonic::Status::from_header_map)
        }
    };
    let Some(status) = status else { return (Code::Ok, String::new()) };
    let reason = status.get_error_details().error_info().map(|info| info.reason.clone());
    (status.code(), reason.unwrap_or_default())
}
