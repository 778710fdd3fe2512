//! Partners' systems: their secrets, their tokens, and the keys that those are signed with.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use careway_tests::{
    Answer, Facility, Network, Request, TestPlatform, accepted, refused, slowed_down, until,
};
use http::header::{AUTHORIZATION, CONTENT_ENCODING};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_shown_once_and_gets_a_token_by_form_and_by_basic() {
    let platform = TestPlatform::start().await;
    let Network { payer, facility, .. } = Network::of(&platform).await;
    let create = || {
        let client = json!({"name": "Hospital system", "scopes": ["visits.read", "benefits.read"]});
        facility.administrator.post("/v1/api-clients", client).key("his-client-of-imanzi-0001")
    };
    let made = accepted(201, create()).await;
    let (id, secret) = (made.text("apiClient.clientId"), made.text("clientSecret"));
    let path = format!("/v1/api-clients/{id}");
    assert_eq!(made.header("location"), Some(path.as_str()));
    assert!(secret.len() >= 40);
    let again = accepted(201, create()).await;
    assert_eq!((again.text("apiClient.clientId"), again.at("clientSecret")), (id, &Value::Null));
    let read = accepted(200, facility.administrator.get(&path)).await;
    assert!(!read.body.to_string().contains(secret));

    let by_form = accepted(200, token(&platform, id, secret, "")).await;
    let by_basic = accepted(200, token_by_basic(&platform, id, secret)).await;
    for answer in [&by_form, &by_basic] {
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!((answer.text("token_type"), answer.at("expires_in")), ("Bearer", &json!(600)));
        assert_eq!(answer.text("scope"), "benefits.read visits.read");
        let system = platform.rest().with_token(answer.text("access_token"));
        accepted(200, system.get("/v1/visits")).await;
        assert_eq!(accepted(200, system.get("/v1/me")).await.text("clientId"), id);
        refused(403, "PERMISSION_DENIED", system.post("/v1/visits", json!({"memberNumber": "UM-1"}))).await;
    }
    // A client carries what is asked for, and never more than it was given.
    let narrow = accepted(200, token(&platform, id, secret, "visits.read")).await;
    assert_eq!(narrow.text("scope"), "visits.read");
    let beyond = accepted(400, token(&platform, id, secret, "visits.read visits.start")).await;
    let described = "The client does not have: visits.start";
    assert_eq!(beyond.body, json!({"error": "invalid_scope", "error_description": described}));
    assert_eq!(beyond.header("cache-control"), Some("no-store"));
    // What RFC 6749 lets nobody repeat is not repeated.
    oauth_refusal(400, "invalid_scope", token(&platform, id, secret, "%22visits.start%22")).await;

    refused(404, "NOT_FOUND", payer.administrator.get(&path)).await;
    refused(404, "NOT_FOUND", payer.administrator.delete(&path)).await;
    let beyond = json!({"name": "Too much", "scopes": ["visits.read", "members.read"]});
    let refusal = refused(422, "INVALID_SCOPE", facility.administrator.post("/v1/api-clients", beyond)).await;
    assert_eq!(refusal.text("scope"), "members.read");
    let officer = payer.officer.get("/v1/api-clients");
    assert_eq!(refused(403, "PERMISSION_DENIED", officer).await.text("permission"), "api-clients.manage");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_client_is_told_so_as_rfc_6749_says() {
    let platform = TestPlatform::start().await;
    let facility = Facility::of(&platform).await;
    let (id, secret) = client(&facility).await;

    let wrong = oauth_refusal(401, "invalid_client", token(&platform, &id, "wrong", "")).await;
    assert!(wrong.header("www-authenticate").is_some_and(|value| value.starts_with("Basic")));
    let nobody = uuid::Uuid::now_v7().to_string();
    let unknown = oauth_refusal(401, "invalid_client", token(&platform, &nobody, &secret, "")).await;
    assert_eq!(unknown.body, wrong.body);
    oauth_refusal(401, "invalid_client", token_by_basic(&platform, &id, "wrong")).await;

    let form = |body: String| platform.rest().upload("/oauth2/token", FORM, body);
    let credentials = format!("client_id={id}&client_secret={secret}");
    let grant = "grant_type=client_credentials";
    oauth_refusal(400, "unsupported_grant_type", form(format!("grant_type=password&{credentials}"))).await;
    oauth_refusal(400, "invalid_request", form(credentials.clone())).await;
    oauth_refusal(400, "invalid_request", form(grant.to_owned())).await;
    oauth_refusal(400, "invalid_request", form(format!("{grant}&{grant}&{credentials}"))).await;
    let twice = token(&platform, &id, &secret, "").header(AUTHORIZATION, &basic(&id, &secret));
    oauth_refusal(400, "invalid_request", twice).await;
    let json = format!(r#"{{"client_id":"{id}","client_secret":"{secret}"}}"#);
    let json = platform.rest().upload("/oauth2/token", "application/json", json);
    let gzip = token(&platform, &id, &secret, "").header(CONTENT_ENCODING, "gzip");
    let like =
        platform.rest().upload("/oauth2/token", "application/x-www-form-urlencoded-2", credentials.clone());
    for (request, taken) in
        [(json, ("accept", FORM)), (gzip, ("accept-encoding", "identity")), (like, ("accept", FORM))]
    {
        let refusal = refused(415, "UNSUPPORTED_MEDIA_TYPE", request).await;
        assert_eq!(
            (refusal.text("error"), refusal.header("cache-control")),
            ("invalid_request", Some("no-store"))
        );
        assert_eq!(refusal.header(taken.0), Some(taken.1), "{refusal}");
    }
    let latin =
        platform.rest().upload("/oauth2/token", FORM, &b"grant_type=client_credentials&client_id=\xe9"[..]);
    oauth_refusal(400, "invalid_request", latin).await;
    let said = "Application/X-WWW-Form-URLencoded; charset=UTF-8";
    accepted(200, platform.rest().upload("/oauth2/token", said, format!("{grant}&{credentials}"))).await;

    // A client that is deleted gets no more tokens, and those it has die within seconds.
    let last = accepted(200, token(&platform, &id, &secret, "")).await;
    let system = platform.rest().with_token(last.text("access_token"));
    accepted(200, system.get("/v1/visits")).await;
    accepted(204, facility.administrator.delete(&format!("/v1/api-clients/{id}"))).await;
    oauth_refusal(401, "invalid_client", token(&platform, &id, &secret, "")).await;
    let dead = until("a deleted client's token to die", async || {
        Ok((system.get("/v1/visits").await?.reason() == "TOKEN_REJECTED").then_some(()))
    });
    dead.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_a_secret_is_slowed_down() {
    let platform = TestPlatform::start().await;
    let facility = Facility::of(&platform).await;
    let (id, secret) = client(&facility).await;
    for _ in 0..5 {
        oauth_refusal(401, "invalid_client", token(&platform, &id, "wrong", "")).await;
    }
    let wait = slowed_down(&platform, || token(&platform, &id, "wrong", "")).await;
    let slowed = oauth_refusal(429, "temporarily_unavailable", token(&platform, &id, &secret, "")).await;
    let told: u64 = slowed.header("retry-after").unwrap().parse().unwrap();
    assert!(told > 0 && told <= wait.as_secs(), "{told} s after {wait:?}");
    platform.advance(wait);
    accepted(200, token(&platform, &id, &secret, "")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_secrets_live_side_by_side_while_a_client_moves_over() {
    let platform = TestPlatform::start().await;
    let facility = Facility::of(&platform).await;
    let (id, first) = client(&facility).await;
    let rotate = async |body: Value| {
        let path = format!("/v1/api-clients/{id}/rotate-secret");
        accepted(200, facility.administrator.post(&path, body)).await
    };
    let secret = |rotated: &Answer| rotated.text("clientSecret").to_owned();

    let rotated = rotate(json!({})).await;
    assert!(!rotated.text("apiClient.previousSecretExpiresAt").is_empty());
    let second = secret(&rotated);
    accepted(200, token(&platform, &id, &first, "")).await;
    accepted(200, token(&platform, &id, &second, "")).await;
    platform.advance(Duration::from_secs(24 * 3600));
    oauth_refusal(401, "invalid_client", token(&platform, &id, &first, "")).await;
    accepted(200, token(&platform, &id, &second, "")).await;

    // Never three: with the next rotation the oldest dies.
    let third = secret(&rotate(json!({"keepPreviousHours": 720})).await);
    let fourth = secret(&rotate(json!({"keepPreviousHours": 720})).await);
    oauth_refusal(401, "invalid_client", token(&platform, &id, &second, "")).await;
    accepted(200, token(&platform, &id, &third, "")).await;
    accepted(200, token(&platform, &id, &fourth, "")).await;
    let fifth = secret(&rotate(json!({"keepPreviousHours": 0})).await);
    oauth_refusal(401, "invalid_client", token(&platform, &id, &fourth, "")).await;
    accepted(200, token(&platform, &id, &fifth, "")).await;
    let path = format!("/v1/api-clients/{id}/rotate-secret");
    let long = facility.administrator.post(&path, json!({"keepPreviousHours": 721}));
    refused(400, "INVALID_REQUEST", long).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_verifies_with_the_published_keys_and_outlives_their_rotation() {
    let platform = TestPlatform::start().await;
    let facility = Facility::of(&platform).await;
    let operator = platform.operator().await;
    let (id, secret) = client(&facility).await;
    let issue = async || {
        let answer = accepted(200, token(&platform, &id, &secret, "")).await;
        answer.text("access_token").to_owned()
    };

    let metadata = accepted(200, platform.rest().get("/.well-known/oauth-authorization-server")).await;
    assert!(metadata.text("token_endpoint").ends_with("/oauth2/token"));
    assert!(metadata.text("jwks_uri").ends_with("/.well-known/jwks.json"));
    assert_eq!(*metadata.at("grant_types_supported"), json!(["client_credentials"]));

    let old = issue().await;
    let keys = published(&platform).await;
    assert_eq!(keys.len(), 1);
    let (kid, claims) = verified(&old, &keys);
    assert_eq!((&claims["sub"], &claims["org"]), (&json!(id), &json!(facility.id)));
    assert_eq!((&claims["aud"], &claims["kind"]), (&json!("careway-api"), &json!("FACILITY")));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 600);

    refused(403, "PERMISSION_DENIED", rotate(&facility.administrator)).await;
    let rotated = accepted(200, rotate(&operator)).await;
    refused(409, "ROTATION_UNDER_WAY", rotate(&operator)).await;
    // Published at once, signing a minute later, so that everybody has it by then.
    let keys = published(&platform).await;
    assert_eq!(keys.len(), 2);
    assert_eq!(verified(&issue().await, &keys).0, kid);
    platform.advance(Duration::from_secs(61));
    let new = issue().await;
    assert_eq!(verified(&new, &keys).0, rotated.text("kid"));
    accepted(200, platform.rest().with_token(&old).get("/v1/visits")).await;
    // Whoever fetched the keys a moment ago, by the wall clock, fetches them again a moment later.
    let system = platform.rest().with_token(&new);
    let known = until("the new key to be known", async || {
        Ok(system.get("/v1/visits").await?.status.is_success().then_some(()))
    });
    known.await.unwrap();
    // The old key stays until the last token it signed has died.
    platform.advance(Duration::from_secs(9 * 60));
    assert_eq!(published(&platform).await.len(), 2);
    platform.advance(Duration::from_secs(3 * 60));
    let kids: Vec<_> = published(&platform).await.iter().map(|key| key["kid"].clone()).collect();
    assert_eq!(kids, [json!(rotated.text("kid"))]);
}

/// The keys anybody can fetch.
async fn published(platform: &TestPlatform) -> Vec<Value> {
    let keys = accepted(200, platform.rest().get("/.well-known/jwks.json")).await;
    for key in keys.list("keys") {
        let parameters = ["kty", "crv", "use", "alg"].map(|name| key[name].as_str().unwrap());
        assert_eq!(parameters, ["OKP", "Ed25519", "sig", "EdDSA"]);
        assert!(key["d"].is_null(), "a private key is published");
    }
    keys.list("keys").to_vec()
}

/// Checks a token as a partner would, with the key it names; the key and the claims.
fn verified(token: &str, keys: &[Value]) -> (String, Value) {
    let header = jsonwebtoken::decode_header(token).unwrap();
    assert_eq!((header.alg, header.typ.as_deref()), (Algorithm::EdDSA, Some("at+jwt")));
    let kid = header.kid.unwrap();
    let key = keys.iter().find(|key| key["kid"] == *kid).expect("the key is published");
    let key = DecodingKey::from_ed_components(key["x"].as_str().unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&["careway-api"]);
    let claims = jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap().claims;
    (kid, claims)
}

/// A client that may read visits; its id and its secret.
pub(crate) async fn client(facility: &Facility) -> (String, String) {
    let client = json!({"name": "Hospital system", "scopes": ["visits.read"]});
    let made = accepted(201, facility.administrator.post("/v1/api-clients", client)).await;
    (made.text("apiClient.clientId").to_owned(), made.text("clientSecret").to_owned())
}

fn rotate(by: &careway_tests::Rest) -> Request {
    by.post("/v1/signing-keys/rotate", json!({}))
}

pub(crate) fn token(platform: &TestPlatform, id: &str, secret: &str, scope: &str) -> Request {
    let scope = scope.replace(' ', "%20");
    let body = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}&scope={scope}");
    platform.rest().upload("/oauth2/token", FORM, body)
}

fn token_by_basic(platform: &TestPlatform, id: &str, secret: &str) -> Request {
    let request = platform.rest().upload("/oauth2/token", FORM, "grant_type=client_credentials");
    request.header(AUTHORIZATION, &basic(id, secret))
}

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

/// The refusal, in RFC 6749's own words.
async fn oauth_refusal(status: u16, error: &str, request: Request) -> Answer {
    let answer = accepted(status, request).await;
    assert_eq!(answer.body, json!({"error": error}));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    answer
}
