//! Signing in and out: alike refusals, refreshing, switching, forgotten passwords.

use std::time::Duration;

use careway_tests::{
    Answer, Credentials, Facility, Request, Rest, TestPlatform, accepted, refused, slowed_down, until,
};
use http::HeaderName;
use serde_json::{Value, json};

const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");
const HOME: &str = "196.12.0.7";
const STRANGE: &str = "203.0.113.9";

#[tokio::test(flavor = "multi_thread")]
async fn nobody_learns_from_a_refusal_whether_an_address_is_known() {
    let platform = TestPlatform::start().await;
    let facility = Facility::of(&platform).await;
    let known = facility.hire(&platform, &["FRONT_DESK"]).await;
    let disabled = facility.hire(&platform, &["FRONT_DESK"]).await;
    let desk = platform.rest().sign_in(&disabled).await.unwrap();
    let me = accepted(200, desk.get("/v1/me")).await;
    let disable = format!("/v1/accounts/{}/disable", me.text("account.accountId"));
    accepted(200, facility.administrator.post(&disable, json!({}))).await;

    let unknown = Credentials::new("nobody@careway.example", known.password.clone());
    let wrong = Credentials::new(known.email.clone(), "not the password at all");
    let mut answers = Vec::new();
    for credentials in [&unknown, &wrong, &disabled] {
        let answer = refused(401, "CREDENTIALS_REJECTED", sign_in(platform.rest(), credentials)).await;
        answers.push(told(&answer));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    accepted(200, sign_in(platform.rest(), &known)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_slowed_down_and_locks_nobody_out() {
    let platform = TestPlatform::with(&[("CAREWAY_GATEWAY_TRUSTED_PROXIES", "1")]).await;
    let facility = Facility::of(&platform).await;
    let owner = facility.hire(&platform, &["FRONT_DESK"]).await;
    let guess = Credentials::new(owner.email.clone(), "not the password at all");
    let from = |address: &str, credentials: &Credentials| {
        sign_in(platform.rest(), credentials).header(FORWARDED, address)
    };

    accepted(200, from(HOME, &owner)).await;
    for _ in 0..5 {
        refused(401, "CREDENTIALS_REJECTED", from(STRANGE, &guess)).await;
    }
    // Even the right password has to wait there, for as long as the answer says.
    let wait = slowed_down(&platform, || from(STRANGE, &guess)).await;
    let slowed = refused(429, "SIGN_IN_THROTTLED", from(STRANGE, &owner)).await;
    let told: u64 = slowed.header("retry-after").unwrap().parse().unwrap();
    assert!(told > 0 && told <= wait.as_secs(), "{told} s after {wait:?}");
    accepted(200, from(HOME, &owner)).await;
    platform.advance(wait);
    accepted(200, from(STRANGE, &owner)).await;

    // Fifty strangers exhaust an account for a fifty-first, not for an address it came from.
    let owner = facility.hire(&platform, &["FRONT_DESK"]).await;
    let guess = Credentials::new(owner.email.clone(), "not the password at all");
    accepted(200, from(HOME, &owner)).await;
    for network in 0..50 {
        let address = format!("198.51.{network}.1");
        refused(401, "CREDENTIALS_REJECTED", from(&address, &guess)).await;
    }
    let network = std::cell::Cell::new(0);
    slowed_down(&platform, || {
        network.set(network.get() + 1);
        from(&format!("192.0.{}.1", network.get()), &guess)
    })
    .await;
    accepted(200, from(HOME, &owner)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_is_good_once_and_a_copy_ends_the_session() {
    let platform = TestPlatform::start().await;
    let facility = Facility::of(&platform).await;
    let credentials = facility.hire(&platform, &["FRONT_DESK"]).await;
    let first = accepted(200, sign_in(platform.rest(), &credentials)).await;
    assert_eq!((first.at("expiresInSeconds").as_i64(), first.text("roles.0")), (Some(600), "FRONT_DESK"));

    platform.advance(Duration::from_secs(11 * 60));
    refused(401, "TOKEN_REJECTED", with(&platform, &first).get("/v1/me")).await;
    let second = accepted(200, refresh(&platform, &first)).await;
    accepted(200, with(&platform, &second).get("/v1/me")).await;
    assert_ne!(first.text("refreshToken"), second.text("refreshToken"));

    refused(401, "SESSION_ENDED", refresh(&platform, &first)).await;
    refused(401, "SESSION_ENDED", refresh(&platform, &second)).await;
    out(&with(&platform, &second)).await;

    // A session that nobody used for half a day is over.
    let idle = accepted(200, sign_in(platform.rest(), &credentials)).await;
    platform.advance(Duration::from_secs(12 * 3600));
    refused(401, "SESSION_ENDED", refresh(&platform, &idle)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_session_within_seconds() {
    let platform = TestPlatform::start().await;
    let facility = Facility::of(&platform).await;
    let credentials = facility.hire(&platform, &["FRONT_DESK"]).await;
    let here = accepted(200, sign_in(platform.rest(), &credentials)).await;
    let elsewhere = accepted(200, sign_in(platform.rest(), &credentials)).await;

    accepted(204, with(&platform, &here).delete("/v1/sessions/current")).await;
    refused(401, "SESSION_ENDED", refresh(&platform, &here)).await;
    out(&with(&platform, &here)).await;
    accepted(200, with(&platform, &elsewhere).get("/v1/me")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_of_two_organizations_switches_between_them() {
    let platform = TestPlatform::start().await;
    let (one, two, three) =
        tokio::join!(Facility::of(&platform), Facility::of(&platform), Facility::of(&platform));
    let credentials = one.hire(&platform, &["FRONT_DESK"]).await;
    let since = platform.inbox().mark().unwrap();
    let also = json!({"email": credentials.email, "name": "Chantal Mukamana", "roles": ["CLINICIAN"]});
    accepted(200, two.administrator.post("/v1/invitations", also)).await;
    let mail = platform.inbox().next(&since, &credentials.email).await.unwrap();
    // Whoever has an account keeps its password.
    let accept = json!({"token": mail.token().unwrap()});
    accepted(200, platform.rest().post("/v1/invitations/accept", accept)).await;

    let mut body = json!({"email": credentials.email, "password": credentials.password});
    body["organizationId"] = json!(one.id);
    let session = accepted(200, platform.rest().post("/v1/sessions", body.clone())).await;
    assert_eq!(
        (session.text("organization.organizationId"), session.text("roles.0")),
        (&*one.id, "FRONT_DESK")
    );
    assert_eq!(session.list("organizations").len(), 2);
    let switch = |session: &Answer, to: &str| {
        with(&platform, session).post("/v1/sessions/switch", json!({"organizationId": to}))
    };
    refused(404, "NOT_FOUND", switch(&session, &three.id)).await;
    let switched = accepted(200, switch(&session, &two.id)).await;
    assert_eq!(
        (switched.text("organization.organizationId"), switched.text("roles.0")),
        (&*two.id, "CLINICIAN")
    );
    let denied = with(&platform, &switched).post("/v1/visits", json!({"memberNumber": "UM-1"}));
    refused(403, "PERMISSION_DENIED", denied).await;
    refused(401, "SESSION_ENDED", refresh(&platform, &session)).await;
    out(&with(&platform, &session)).await;
    accepted(200, refresh(&platform, &switched)).await;
    body["organizationId"] = json!(three.id);
    refused(404, "NOT_FOUND", platform.rest().post("/v1/sessions", body)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_replaced_by_a_link_and_every_session_ends() {
    let platform = TestPlatform::start().await;
    let facility = Facility::of(&platform).await;
    let credentials = facility.hire(&platform, &["FRONT_DESK"]).await;
    let session = accepted(200, sign_in(platform.rest(), &credentials)).await;
    let forget = |email: &str| platform.rest().post("/v1/password-resets", json!({"email": email}));
    let choose = |token: &str, password: &str| {
        let body = json!({"token": token, "password": password});
        platform.rest().post("/v1/password-resets/complete", body)
    };
    let link = async || {
        let since = platform.inbox().mark().unwrap();
        let known = accepted(204, forget(&credentials.email)).await;
        let mail = platform.inbox().next(&since, &credentials.email).await.unwrap();
        (known, mail.token().unwrap().to_owned())
    };

    let (known, replaced) = link().await;
    let unknown = accepted(204, forget("nobody@careway.example")).await;
    assert_eq!(told(&known), told(&unknown));
    assert!(platform.messages_to("nobody@careway.example").await.is_empty());

    let (_, token) = link().await;
    let next = "isuku ku wa gatandatu";
    refused(401, "LINK_REJECTED", choose(&replaced, next)).await;
    refused(400, "INVALID_REQUEST", choose(&token, "short")).await;
    accepted(200, with(&platform, &session).get("/v1/me")).await;
    accepted(204, choose(&token, next)).await;
    refused(401, "LINK_REJECTED", choose(&token, next)).await;
    refused(401, "SESSION_ENDED", refresh(&platform, &session)).await;
    out(&with(&platform, &session)).await;
    refused(401, "CREDENTIALS_REJECTED", sign_in(platform.rest(), &credentials)).await;
    let renewed = Credentials::new(credentials.email.clone(), next);
    accepted(200, sign_in(platform.rest(), &renewed)).await;

    let (_, late) = link().await;
    platform.advance(Duration::from_secs(3600));
    refused(401, "LINK_REJECTED", choose(&late, "undi munsi mwiza cyane")).await;
}

fn sign_in(rest: &Rest, credentials: &Credentials) -> Request {
    rest.post("/v1/sessions", json!({"email": credentials.email, "password": credentials.password}))
}

fn refresh(platform: &TestPlatform, session: &Answer) -> Request {
    platform.rest().post("/v1/sessions/refresh", json!({"refreshToken": session.text("refreshToken")}))
}

/// Called with the very token of an answer, which nothing renews.
fn with(platform: &TestPlatform, session: &Answer) -> Rest {
    platform.rest().with_token(session.text("accessToken"))
}

/// Waits until a caller's token is refused: within seconds of whatever ended it.
async fn out(caller: &Rest) {
    let refused = until("a token to be refused", async || {
        let answer = caller.get("/v1/me").await?;
        Ok((answer.reason() == "TOKEN_REJECTED").then_some(()))
    });
    refused.await.unwrap();
}

/// All that an answer tells, but for the trace.
fn told(answer: &Answer) -> (u16, Vec<String>, Value) {
    let mut body = answer.body.clone();
    if let Some(fields) = body.as_object_mut() {
        fields.remove("traceId");
    }
    let names = ["content-type", "content-length", "www-authenticate", "retry-after", "cache-control"];
    let headers = names.map(|name| format!("{name}: {:?}", answer.header(name)));
    (answer.status.as_u16(), headers.into(), body)
}
