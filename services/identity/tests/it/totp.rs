//! The second factor: enrolling, signing in with it, losing the phone.

use careway_contract::identity::v1::{
    ConfirmTotpRequest, CreateSessionRequest, CreateSessionResponse, DisableTotpRequest, EnrollTotpRequest,
    GetMeRequest,
};
use tonic::{Code, Status};
use totp_rs::{Builder, Secret};

use crate::world::{OPERATOR, PASSWORD, World, ask, reason};

fn code(world: &World, secret: &str) -> String {
    let secret = Secret::try_from_base32(secret).unwrap();
    let totp = Builder::new().with_secret(secret).build().unwrap();
    totp.generate(u64::try_from(world.clock.now().timestamp()).unwrap()).to_string()
}

fn next_step(world: &World) {
    world.clock.advance(std::time::Duration::from_secs(30));
}

async fn sign_in(world: &World, code: &str) -> Result<CreateSessionResponse, Status> {
    let message = CreateSessionRequest {
        email: OPERATOR.to_owned(),
        password: PASSWORD.to_owned(),
        totp_code: code.to_owned(),
        ..CreateSessionRequest::default()
    };
    Ok(world.sessions().create_session(ask(message).by_nobody()).await?.into_inner())
}

/// Turns the second factor on; returns its secret and recovery codes.
async fn enroll(world: &World) -> (String, Vec<String>) {
    let by = world.sign_in(OPERATOR).await.access_token;
    let enrolled =
        world.accounts().enroll_totp(ask(EnrollTotpRequest {}).by(&by)).await.unwrap().into_inner();
    assert!(enrolled.otpauth_uri.starts_with("otpauth://totp/Careway:"));
    let message = ConfirmTotpRequest { code: code(world, &enrolled.secret) };
    let confirmed = world.accounts().confirm_totp(ask(message).by(&by)).await.unwrap().into_inner();
    (enrolled.secret, confirmed.recovery_codes)
}

#[tokio::test]
async fn signing_in_asks_for_a_code_only_after_a_right_password() {
    let world = World::start().await;
    let (secret, _) = enroll(&world).await;
    assert_eq!(reason(&sign_in(&world, "").await.unwrap_err()), "TOTP_REQUIRED");
    let wrong = world.try_sign_in(OPERATOR, "not the password").await.unwrap_err();
    assert_eq!(reason(&wrong), "CREDENTIALS_REJECTED");

    let used = code(&world, &secret);
    assert_eq!(
        reason(&sign_in(&world, &used).await.unwrap_err()),
        "TOTP_REJECTED",
        "confirming used this step"
    );
    next_step(&world);
    let fresh = code(&world, &secret);
    let (one, other) = tokio::join!(sign_in(&world, &fresh), sign_in(&world, &fresh));
    assert_eq!(i32::from(one.is_ok()) + i32::from(other.is_ok()), 1, "a code signs in once");
    let session = one.or(other).unwrap();
    assert!(session.account.unwrap().totp_enabled);
}

#[tokio::test]
async fn a_recovery_code_signs_in_once() {
    let world = World::start().await;
    let (_, codes) = enroll(&world).await;
    assert_eq!(codes.len(), 10);
    let session = sign_in(&world, &codes[0].to_lowercase()).await.unwrap();
    assert_eq!(reason(&sign_in(&world, &codes[0]).await.unwrap_err()), "TOTP_REJECTED");
    let me =
        world.accounts().get_me(ask(GetMeRequest {}).by(&session.access_token)).await.unwrap().into_inner();
    assert_eq!(me.recovery_codes_left, 9);
}

#[tokio::test]
async fn the_second_factor_goes_with_one_of_its_codes() {
    let world = World::start().await;
    let (secret, codes) = enroll(&world).await;
    next_step(&world);
    let by = sign_in(&world, &code(&world, &secret)).await.unwrap().access_token;
    let mut accounts = world.accounts();
    let refusal = accounts.enroll_totp(ask(EnrollTotpRequest {}).by(&by)).await.unwrap_err();
    assert_eq!(reason(&refusal), "TOTP_ALREADY_ENABLED");
    let wrong = DisableTotpRequest { code: "000000".to_owned() };
    let refusal = accounts.disable_totp(ask(wrong).by(&by)).await.unwrap_err();
    assert_eq!((refusal.code(), reason(&refusal)), (Code::Unauthenticated, "TOTP_REJECTED".to_owned()));
    let right = DisableTotpRequest { code: codes[3].clone() };
    accounts.disable_totp(ask(right).by(&by)).await.unwrap();
    world.sign_in(OPERATOR).await;
}

#[tokio::test]
async fn an_unconfirmed_secret_does_not_count() {
    let world = World::start().await;
    let by = world.sign_in(OPERATOR).await.access_token;
    let mut accounts = world.accounts();
    let refusal = accounts
        .confirm_totp(ask(ConfirmTotpRequest { code: "123456".to_owned() }).by(&by))
        .await
        .unwrap_err();
    assert_eq!(reason(&refusal), "TOTP_NOT_ENROLLED");
    let first = accounts.enroll_totp(ask(EnrollTotpRequest {}).by(&by)).await.unwrap().into_inner();
    let second = accounts.enroll_totp(ask(EnrollTotpRequest {}).by(&by)).await.unwrap().into_inner();
    assert_ne!(first.secret, second.secret);
    world.sign_in(OPERATOR).await;
    let old = ConfirmTotpRequest { code: code(&world, &first.secret) };
    assert_eq!(reason(&accounts.confirm_totp(ask(old).by(&by)).await.unwrap_err()), "TOTP_REJECTED");
}
