//! The second factor: enrolling, signing in with it, losing the phone.

use careway_contract::identity::v1::{
    ConfirmTotpRequest, CreateSessionRequest, CreateSessionResponse, DisableTotpRequest, EnrollTotpRequest,
    GetMeRequest,
};
use tonic::{Code, Status};
use totp_rs::{Builder, Secret};

use crate::test_identity::{OPERATOR, PASSWORD, TestIdentity, ask, reason};

fn code(identity: &TestIdentity, secret: &str) -> String {
    let secret = Secret::try_from_base32(secret).unwrap();
    let totp = Builder::new().with_secret(secret).build().unwrap();
    totp.generate(u64::try_from(identity.clock.now().timestamp()).unwrap()).to_string()
}

fn next_step(identity: &TestIdentity) {
    identity.clock.advance(std::time::Duration::from_secs(30));
}

async fn sign_in(identity: &TestIdentity, code: &str) -> Result<CreateSessionResponse, Status> {
    let message = CreateSessionRequest {
        email: OPERATOR.to_owned(),
        password: PASSWORD.to_owned(),
        totp_code: code.to_owned(),
        ..CreateSessionRequest::default()
    };
    Ok(identity.sessions().create_session(ask(message).by_nobody()).await?.into_inner())
}

/// The second factor of somebody.
struct Enrolled {
    secret: String,
    /// The code that confirmed it.
    used: String,
    recovery_codes: Vec<String>,
}

/// Turns the second factor on.
async fn enroll(identity: &TestIdentity) -> Enrolled {
    let by = identity.sign_in(OPERATOR).await.access_token;
    let enrolled =
        identity.accounts().enroll_totp(ask(EnrollTotpRequest {}).by(&by)).await.unwrap().into_inner();
    assert!(enrolled.otpauth_uri.starts_with("otpauth://totp/Careway:"));
    let used = code(identity, &enrolled.secret);
    let message = ConfirmTotpRequest { code: used.clone() };
    let confirmed = identity.accounts().confirm_totp(ask(message).by(&by)).await.unwrap().into_inner();
    Enrolled { secret: enrolled.secret, used, recovery_codes: confirmed.recovery_codes }
}

#[tokio::test]
async fn signing_in_asks_for_a_code_only_after_a_right_password() {
    let identity = TestIdentity::start().await;
    let Enrolled { secret, used, .. } = enroll(&identity).await;
    assert_eq!(reason(&sign_in(&identity, "").await.unwrap_err()), "TOTP_REQUIRED");
    let wrong = identity.try_sign_in(OPERATOR, "not the password").await.unwrap_err();
    assert_eq!(reason(&wrong), "CREDENTIALS_REJECTED");

    assert_eq!(
        reason(&sign_in(&identity, &used).await.unwrap_err()),
        "TOTP_REJECTED",
        "confirming used this step"
    );
    next_step(&identity);
    let fresh = code(&identity, &secret);
    let (one, other) = tokio::join!(sign_in(&identity, &fresh), sign_in(&identity, &fresh));
    assert_eq!(i32::from(one.is_ok()) + i32::from(other.is_ok()), 1, "a code signs in once");
    let session = one.or(other).unwrap();
    assert!(session.account.unwrap().totp_enabled);
}

#[tokio::test]
async fn a_recovery_code_signs_in_once() {
    let identity = TestIdentity::start().await;
    let codes = enroll(&identity).await.recovery_codes;
    assert_eq!(codes.len(), 10);
    let session = sign_in(&identity, &codes[0].to_lowercase()).await.unwrap();
    assert_eq!(reason(&sign_in(&identity, &codes[0]).await.unwrap_err()), "TOTP_REJECTED");
    let me = identity
        .accounts()
        .get_me(ask(GetMeRequest {}).by(&session.access_token))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(me.recovery_codes_left, 9);
}

#[tokio::test]
async fn the_second_factor_goes_with_one_of_its_codes() {
    let identity = TestIdentity::start().await;
    let Enrolled { secret, recovery_codes: codes, .. } = enroll(&identity).await;
    next_step(&identity);
    let by = sign_in(&identity, &code(&identity, &secret)).await.unwrap().access_token;
    let mut accounts = identity.accounts();
    let refusal = accounts.enroll_totp(ask(EnrollTotpRequest {}).by(&by)).await.unwrap_err();
    assert_eq!(reason(&refusal), "TOTP_ALREADY_ENABLED");
    let wrong = DisableTotpRequest { code: "000000".to_owned() };
    let refusal = accounts.disable_totp(ask(wrong).by(&by)).await.unwrap_err();
    assert_eq!((refusal.code(), reason(&refusal)), (Code::Unauthenticated, "TOTP_REJECTED".to_owned()));
    let right = DisableTotpRequest { code: codes[3].clone() };
    accounts.disable_totp(ask(right).by(&by)).await.unwrap();
    identity.sign_in(OPERATOR).await;
}

#[tokio::test]
async fn an_unconfirmed_secret_does_not_count() {
    let identity = TestIdentity::start().await;
    let by = identity.sign_in(OPERATOR).await.access_token;
    let mut accounts = identity.accounts();
    let refusal = accounts
        .confirm_totp(ask(ConfirmTotpRequest { code: "123456".to_owned() }).by(&by))
        .await
        .unwrap_err();
    assert_eq!(reason(&refusal), "TOTP_NOT_ENROLLED");
    let first = accounts.enroll_totp(ask(EnrollTotpRequest {}).by(&by)).await.unwrap().into_inner();
    let second = accounts.enroll_totp(ask(EnrollTotpRequest {}).by(&by)).await.unwrap().into_inner();
    assert_ne!(first.secret, second.secret);
    identity.sign_in(OPERATOR).await;
    let old = ConfirmTotpRequest { code: code(&identity, &first.secret) };
    assert_eq!(reason(&accounts.confirm_totp(ask(old).by(&by)).await.unwrap_err()), "TOTP_REJECTED");
}
