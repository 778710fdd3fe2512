//! The second factor: enrolled, asked for, each code good once, and not to be guessed.

use std::time::Duration;

use careway_tests::{Answer, Credentials, Facility, Request, Rest, TestPlatform, accepted, refused};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_is_asked_for_and_each_code_is_good_once() {
    let platform = TestPlatform::start().await;
    let facility = Facility::of(&platform).await;
    let credentials = facility.hire(&platform, &["FRONT_DESK"]).await;
    let session = accepted(200, sign_in(platform.rest(), &credentials)).await;
    let desk = with(&platform, &session);
    let confirm = |code: &str| desk.post("/v1/me/totp/confirm", json!({"code": code}));
    let enter = |code: &str| {
        let (email, password) = (&credentials.email, &credentials.password);
        let body = json!({"email": email, "password": password, "totpCode": code});
        platform.rest().post("/v1/sessions", body)
    };

    refused(409, "TOTP_NOT_ENROLLED", confirm("123456")).await;
    let enrolled = accepted(200, desk.post("/v1/me/totp", json!({}))).await;
    assert!(enrolled.text("otpauthUri").contains(enrolled.text("secret")));
    accepted(200, sign_in(platform.rest(), &credentials)).await;
    let code = totp(&platform, enrolled.text("secret"));
    refused(401, "TOTP_REJECTED", confirm(&another(&code))).await;
    let confirmed = accepted(200, confirm(&code)).await;
    let recovery = confirmed.list("recoveryCodes");
    assert_eq!(recovery.len(), 10);
    refused(409, "TOTP_ALREADY_ENABLED", desk.post("/v1/me/totp", json!({}))).await;

    refused(401, "TOTP_REQUIRED", sign_in(platform.rest(), &credentials)).await;
    let wrong = Credentials::new(credentials.email.clone(), "not the password at all");
    refused(401, "CREDENTIALS_REJECTED", sign_in(platform.rest(), &wrong)).await;
    refused(401, "TOTP_REJECTED", enter(&code)).await;
    platform.advance(Duration::from_secs(30));
    let fresh = totp(&platform, enrolled.text("secret"));
    let inside = accepted(200, enter(&fresh)).await;
    refused(401, "TOTP_REJECTED", enter(&fresh)).await;

    let spare = recovery[0].as_str().unwrap();
    accepted(200, enter(spare)).await;
    refused(401, "TOTP_REJECTED", enter(spare)).await;
    let me = accepted(200, with(&platform, &inside).get("/v1/me")).await;
    assert_eq!((me.at("recoveryCodesLeft"), me.at("account.totpEnabled")), (&json!(9), &json!(true)));

    let off = |code: &str| with(&platform, &inside).post("/v1/me/totp/disable", json!({"code": code}));
    refused(401, "TOTP_REJECTED", off(spare)).await;
    accepted(204, off(recovery[1].as_str().unwrap())).await;
    accepted(200, sign_in(platform.rest(), &credentials)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_knows_the_password_does_not_guess_the_second_factor() {
    let platform = TestPlatform::start().await;
    let facility = Facility::of(&platform).await;
    let credentials = facility.hire(&platform, &["FRONT_DESK"]).await;
    let session = accepted(200, sign_in(platform.rest(), &credentials)).await;
    let desk = with(&platform, &session);
    let enrolled = accepted(200, desk.post("/v1/me/totp", json!({}))).await;
    let code = totp(&platform, enrolled.text("secret"));
    accepted(200, desk.post("/v1/me/totp/confirm", json!({"code": code}))).await;

    // Asking without a code in between does not make the guesses before it forgotten.
    let guess = || {
        let (email, password) = (&credentials.email, &credentials.password);
        let body = json!({"email": email, "password": password, "totpCode": another(&code)});
        platform.rest().post("/v1/sessions", body)
    };
    refused(401, "TOTP_REJECTED", guess()).await;
    refused(401, "TOTP_REQUIRED", sign_in(platform.rest(), &credentials)).await;
    refused(401, "TOTP_REJECTED", guess()).await;
    refused(401, "TOTP_REQUIRED", sign_in(platform.rest(), &credentials)).await;
    // Those before count: the sixth is slowed down, or on a slow machine one soon after; forgotten, five more would be free.
    let mut judged = 0;
    while guess().await.unwrap().status.as_u16() != 429 {
        judged += 1;
        assert!(judged < 5, "the guesses before are forgotten");
    }
}

fn sign_in(rest: &Rest, credentials: &Credentials) -> Request {
    rest.post("/v1/sessions", json!({"email": credentials.email, "password": credentials.password}))
}

/// Called with the very token of an answer, which nothing renews.
fn with(platform: &TestPlatform, session: &Answer) -> Rest {
    platform.rest().with_token(session.text("accessToken"))
}

/// What the authenticator app shows now.
fn totp(platform: &TestPlatform, secret: &str) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    totp.generate(platform.clock().now().timestamp().cast_unsigned()).to_string()
}

/// A code that is not this one.
fn another(code: &str) -> String {
    let first = if code.starts_with('0') { "1" } else { "0" };
    format!("{first}{}", &code[1..])
}
