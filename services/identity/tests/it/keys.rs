//! Signing keys: made at the first start, rotated without a gap; and the permissions the contract asks for.

use careway_contract::identity::v1::{GetJwksRequest, GetMeRequest, RotateSigningKeyRequest};
use careway_service::{Access, Policy};
use careway_testing::ISSUER;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use std::time::Duration;

use crate::test_identity::{OPERATOR, TestIdentity, ask, reason};

async fn published(identity: &TestIdentity) -> Vec<String> {
    let keys = identity.keys().get_jwks(ask(GetJwksRequest {}).by_nobody()).await.unwrap().into_inner().keys;
    assert!(keys.iter().all(|key| key.alg == "EdDSA" && key.x.len() == 43));
    keys.into_iter().map(|key| key.kid).collect()
}

/// Which key signed a token: its header, as anybody can read it.
fn key_of(token: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    let header: serde_json::Value = serde_json::from_slice(&header).unwrap();
    assert_eq!((header["alg"].as_str(), header["typ"].as_str()), (Some("EdDSA"), Some("at+jwt")));
    header["kid"].as_str().unwrap().to_owned()
}

/// Whether a token verifies with a published key, as it would with any other library.
async fn verifies(identity: &TestIdentity, token: &str) -> bool {
    let keys = identity.keys().get_jwks(ask(GetJwksRequest {}).by_nobody()).await.unwrap().into_inner().keys;
    let key = keys.into_iter().find(|key| key.kid == key_of(token)).unwrap();
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&["careway-api"]);
    validation.set_issuer(&[ISSUER]);
    let key = DecodingKey::from_ed_components(&key.x).unwrap();
    jsonwebtoken::decode::<serde_json::Value>(token, &key, &validation).is_ok()
}

#[tokio::test]
async fn a_new_key_is_published_before_it_signs_and_the_old_until_its_tokens_died() {
    let identity = TestIdentity::start().await;
    let before = identity.sign_in(OPERATOR).await.access_token;
    let first = published(&identity).await;
    assert_eq!(first, [key_of(&before)]);

    let rotated =
        identity.keys().rotate_signing_key(ask(RotateSigningKeyRequest {}).by(&before)).await.unwrap();
    let second = rotated.into_inner().kid;
    assert_eq!(published(&identity).await, [first[0].clone(), second.clone()]);
    assert_eq!(key_of(&identity.sign_in(OPERATOR).await.access_token), first[0]);
    let again =
        identity.keys().rotate_signing_key(ask(RotateSigningKeyRequest {}).by(&before)).await.unwrap_err();
    assert_eq!(reason(&again), "ROTATION_UNDER_WAY");

    identity.clock.advance(Duration::from_secs(60));
    let after = identity.sign_in(OPERATOR).await.access_token;
    assert_eq!(key_of(&after), second);
    identity.accounts().get_me(ask(GetMeRequest {}).by(&before)).await.unwrap();
    for token in [&before, &after] {
        assert!(verifies(&identity, token).await);
    }
    identity.clock.advance(Duration::from_secs(11 * 60));
    assert_eq!(published(&identity).await, [second]);
}

#[tokio::test]
async fn the_private_half_is_sealed() {
    let identity = TestIdentity::start().await;
    assert_eq!(identity.count("select count(*) from signing_key").await, 1);
    assert_eq!(identity.count("select count(*) from signing_key where length(sealed_seed) > 60").await, 1);
}

#[tokio::test]
async fn nobody_but_an_operator_rotates() {
    use careway_contract::identity::v1::organization::Kind;
    let identity = TestIdentity::start().await;
    let (_, administrator) = identity.organization(Kind::Payer, "Payer").await;
    let refused = identity
        .keys()
        .rotate_signing_key(ask(RotateSigningKeyRequest {}).by(&administrator.access_token))
        .await;
    assert_eq!(refused.unwrap_err().code(), tonic::Code::PermissionDenied);
}

#[test]
fn somebody_can_hold_every_permission_the_contract_asks_for() {
    let policy = Policy::of_contract().unwrap();
    let asked = policy.rules().filter_map(|(path, access)| match access {
        Access::Permission(permission) => Some((path, permission)),
        _ => None,
    });
    let missing: Vec<_> =
        asked.filter(|(_, permission)| !careway_identity::is_permission(permission)).collect();
    assert!(missing.is_empty(), "no role holds {missing:?}");
}
