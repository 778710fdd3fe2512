//! Forged, stale and misdirected tokens, against every RPC of every service: all refused.
//!
//! The control, a right token signed with a key that identity publishes, is accepted, and each attack differs from it in
//! one thing.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use careway_service::Access;
use careway_tests::{Facility, TestPlatform, accepted, refused};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tonic::{Code, body::Body};
use tonic_types::StatusExt;
use tower::ServiceExt;

use crate::{
    clients::{client, token},
    forger::{Forger, KNOWN, claims, header},
};

/// Later than any test ends, in seconds.
const AN_HOUR: i64 = 3_600;
const REJECTED: (Code, &str) = (Code::Unauthenticated, "TOKEN_REJECTED");

#[tokio::test(flavor = "multi_thread")]
async fn no_attack_on_a_token_gets_past_any_rpc() {
    let platform = TestPlatform::start().await;
    let known = Forger::new();
    let foreign = Forger::new();
    known.publish(&platform).await;

    let now = platform.in_process().foundation().clock.now().timestamp();
    let attacks = attacks(&known, &foreign, now);
    let control = known.sign(&header(KNOWN), &claims(now));
    let mut answered = BTreeSet::new();
    let rules: Vec<_> = platform.in_process().foundation().policy().rules().collect();
    assert!(rules.len() > 40, "the contract has every RPC");
    for (method, access) in rules {
        if *access == Access::Public {
            continue;
        }
        for (attack, token) in &attacks {
            let (code, reason) = call(&platform, method, Some(token)).await;
            assert_eq!((code, reason.as_str()), REJECTED, "{method} with {attack}");
        }
        assert_eq!(call(&platform, method, None).await.1, "TOKEN_REQUIRED", "{method} without a token");
        let (code, reason) = call(&platform, method, Some(&control)).await;
        assert!(reason != "TOKEN_REJECTED" && reason != "TOKEN_REQUIRED", "{method} refuses the control");
        if *access == Access::Internal {
            assert_eq!(code, Code::PermissionDenied, "{method} is for services only");
        }
        answered.insert(code as i32);
    }
    assert!(answered.len() > 1, "the control gets past the guard");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_services_own_token_is_rejected_at_the_edge() {
    let platform = TestPlatform::start().await;
    let request = platform.in_process().foundation().identity.request(());
    let bearer = request.metadata().get("authorization").unwrap().to_str().unwrap();
    let service = platform.rest().with_token(bearer.strip_prefix("Bearer ").unwrap());
    for path in ["/v1/me", "/v1/visits", "/v1/nothing", "/docs/"] {
        let answer = refused(401, "TOKEN_REJECTED", service.get(path)).await;
        assert_eq!(
            answer.header("www-authenticate"),
            Some("Bearer realm=\"careway\", error=\"invalid_token\"")
        );
        assert_eq!(answer.text("traceId"), answer.header("x-request-id").unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_tells_what_a_token_lacks() {
    let platform = TestPlatform::start().await;
    let forger = Forger::new();
    forger.publish(&platform).await;
    let claims = claims(platform.clock().now().timestamp());
    let told = async |token: Option<String>, path: &str, status: u16, reason: &str| {
        let rest = token.map_or(platform.rest().clone(), |token| platform.rest().with_token(&token));
        let answer = refused(status, reason, rest.get(path)).await;
        answer.header("www-authenticate").map(str::to_owned)
    };
    // Whoever sent no token learns of no error (RFC 6750, 3.1).
    let asked = told(None, "/v1/visits", 401, "TOKEN_REQUIRED").await;
    assert_eq!(asked.as_deref(), Some("Bearer realm=\"careway\""));
    let stale = forger.sign(&header(KNOWN), &changed(claims.clone(), json!({"exp": 0})));
    let invalid = told(Some(stale), "/v1/visits", 401, "TOKEN_REJECTED").await;
    assert_eq!(invalid.as_deref(), Some("Bearer realm=\"careway\", error=\"invalid_token\""));
    let good = forger.sign(&header(KNOWN), &claims);
    let insufficient = told(Some(good.clone()), "/v1/claims", 403, "PERMISSION_DENIED").await;
    let expected = "Bearer realm=\"careway\", error=\"insufficient_scope\", scope=\"claims.read\"";
    assert_eq!(insufficient.as_deref(), Some(expected));
    assert_eq!(told(Some(good), "/v1/nothing", 404, "NOT_FOUND").await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_the_version_before_are_good_until_they_end() {
    let platform = TestPlatform::start().await;
    let forger = Forger::new();
    forger.publish(&platform).await;
    let today = claims(platform.clock().now().timestamp());
    let before = json!({"iss": "careway", "scope": null, "client_id": null, "perms": ["visits.read"]});
    let before = changed(today.clone(), before);
    for claims in [today, before] {
        let system = platform.rest().with_token(&forger.sign(&header(KNOWN), &claims));
        accepted(200, system.get("/v1/visits")).await;
        refused(403, "PERMISSION_DENIED", system.get("/v1/claims")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_what_rfc_9068_and_the_metadata_say() {
    let url = "https://careway.example";
    let platform = TestPlatform::with(&[("CAREWAY_GATEWAY_PUBLIC_URL", "https://careway.example/")]).await;
    let facility = Facility::of(&platform).await;
    let (id, secret) = client(&facility).await;
    let metadata = accepted(200, platform.rest().get("/.well-known/oauth-authorization-server")).await;
    assert_eq!(metadata.text("issuer"), url);
    assert_eq!(metadata.text("token_endpoint"), format!("{url}/oauth2/token"));
    assert_eq!(metadata.text("jwks_uri"), format!("{url}/.well-known/jwks.json"));
    assert_eq!(metadata.text("service_documentation"), format!("{url}/docs/"));
    let mut lists = metadata.body.as_object().unwrap().values().filter_map(Value::as_array);
    assert!(lists.all(|list| !list.is_empty()), "{metadata}");
    let supported: BTreeSet<_> = metadata.list("scopes_supported").iter().filter_map(Value::as_str).collect();

    let issued = accepted(200, token(&platform, &id, &secret, "")).await;
    let (system, person) = (issued.text("access_token").to_owned(), facility.administrator.access_token());
    for (token, client_id) in [(&system, id.as_str()), (&person, "careway")] {
        let header = jsonwebtoken::decode_header(token).unwrap();
        assert_eq!((header.alg, header.typ.as_deref()), (Algorithm::EdDSA, Some("at+jwt")));
        let claims = read(token);
        assert_eq!((&claims["iss"], &claims["client_id"]), (&json!(url), &json!(client_id)));
        assert_eq!(claims["aud"], "careway-api");
        for required in ["exp", "iat", "jti", "sub"] {
            assert!(!claims[required].is_null(), "no {required} in {claims}");
        }
        let scope: BTreeSet<_> = claims["scope"].as_str().unwrap().split(' ').collect();
        assert!(scope.contains("visits.read") && scope.is_subset(&supported), "{claims}");
    }
    let me = accepted(200, facility.administrator.get("/v1/me")).await;
    let held: Vec<_> = me.list("permissions").iter().filter_map(Value::as_str).collect();
    assert_eq!(read(&person)["scope"], json!(held.join(" ")));
    assert_eq!((read(&system)["sub"].as_str(), issued.text("scope")), (Some(id.as_str()), "visits.read"));
}

/// The claims of a token, unverified.
fn read(token: &str) -> Value {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice(&claims).unwrap()
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
        ("no issuer", json!({"iss": null})),
        ("an end long past", json!({"exp": now - 60})),
        ("a beginning yet to come", json!({"nbf": now + AN_HOUR})),
        ("an issue yet to come", json!({"iat": now + AN_HOUR})),
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

/// Calls an RPC with an empty message; its status and the reason of its refusal.
async fn call(platform: &TestPlatform, method: &'static str, token: Option<&str>) -> (Code, String) {
    let context = method.trim_start_matches('/').split('.').nth(1).unwrap();
    let upstream = platform.in_process().foundation().registry.upstream(context);
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
