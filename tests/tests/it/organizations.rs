//! Organizations and the people who work for them: registered, invited, put out of service.

use std::time::Duration;

use careway_tests::{Answer, Facility, Network, Rest, TestPlatform, accepted, refused, until};
use serde_json::{Value, json};

const PASSWORD: &str = "umuganda ku wa gatandatu";

#[tokio::test(flavor = "multi_thread")]
async fn a_code_names_one_organization_of_its_kind() {
    let platform = TestPlatform::start().await;
    let operator = platform.operator().await;
    let register = |code: Value| operator.post("/v1/organizations", agency(&[code]));

    let made = accepted(201, register(json!({"kind": "AGENCY", "value": "bi0902i"}))).await;
    let path = format!("/v1/organizations/{}", made.text("organization.organizationId"));
    assert_eq!(made.header("location"), Some(path.as_str()));
    assert_eq!(
        (made.text("organization.codes.0.value"), made.text("organization.status")),
        ("BI0902I", "ACTIVE")
    );
    refused(409, "CODE_TAKEN", register(json!({"kind": "AGENCY", "value": "BI0902I"}))).await;
    let other = accepted(201, register(json!({"kind": "MERCHANT", "value": "BI0902I"}))).await;

    let by_code = accepted(200, operator.get("/v1/organizations?code=bi0902I")).await;
    assert_eq!(by_code.list("organizations").len(), 2, "one of each kind of code");
    let read = accepted(200, operator.get(&path)).await;
    let taken = json!({"codes": [{"kind": "MERCHANT", "value": "BI0902I"}]});
    refused(409, "CODE_TAKEN", operator.patch(&path, taken).if_match(read.etag())).await;

    // A code that was given back may be taken.
    let gone = operator.patch(&path, json!({"codes": [], "name": "Nyamata Agency"})).if_match(read.etag());
    let changed = accepted(200, gone).await;
    assert_eq!(changed.text("organization.name"), "Nyamata Agency");
    refused(412, "STALE_VERSION", operator.patch(&path, json!({"name": "X"})).if_match(read.etag())).await;
    refused(428, "PRECONDITION_REQUIRED", operator.patch(&path, json!({"name": "X"}))).await;
    let other = format!("/v1/organizations/{}", other.text("organization.organizationId"));
    let read = accepted(200, operator.get(&other)).await;
    let taken = json!({"codes": [{"kind": "AGENCY", "value": "BI0902I"}]});
    accepted(200, operator.patch(&other, taken).if_match(read.etag())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_wrong_with_an_organization_is_told_at_once() {
    let platform = TestPlatform::start().await;
    let operator = platform.operator().await;
    let nothing = operator.post("/v1/organizations", json!({}));
    let nothing = refused(400, "INVALID_REQUEST", nothing).await;
    assert_eq!(fields(&nothing), ["kind", "name", "country", "timeZone"]);
    let wrong = json!({
        "kind": "AGENCY", "name": " ", "country": "Rwanda", "timeZone": "Kigali", "locale": "tlh",
        "codes": [{"kind": "AGENCY", "value": "no+code"}],
    });
    let told = refused(400, "INVALID_REQUEST", operator.post("/v1/organizations", wrong)).await;
    let fields = fields(&told);
    for field in ["name", "country", "timeZone", "locale", "codes[0].value"] {
        assert!(fields.iter().any(|it| it == field), "{field} is not among {fields:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_operators_register_and_others_see_the_public_face() {
    let platform = TestPlatform::start().await;
    let Network { payer, facility, desk } = Network::of(&platform).await;
    let denied = facility.administrator.post("/v1/organizations", agency(&[]));
    let denied = refused(403, "PERMISSION_DENIED", denied).await;
    assert_eq!(denied.text("permission"), "organizations.manage");

    let path = format!("/v1/organizations/{}", facility.id);
    let own = accepted(200, desk.get(&path)).await;
    assert_eq!(own.text("organization.timeZone"), "Africa/Kigali");
    let face = accepted(200, payer.officer.get(&path)).await;
    assert_eq!(face.text("organization.name"), facility.name);
    for hidden in ["timeZone", "locale", "status", "createdAt"] {
        assert!(face.at("organization")[hidden].is_null(), "{hidden} is shown to another organization");
    }
    // An agency is none of a hospital's business: as if it were not.
    let operator = platform.operator().await;
    let agency = accepted(201, operator.post("/v1/organizations", agency(&[]))).await;
    let path = format!("/v1/organizations/{}", agency.text("organization.organizationId"));
    let hidden = refused(404, "NOT_FOUND", desk.get(&path)).await;
    let nowhere = format!("/v1/organizations/{}", uuid::Uuid::now_v7());
    let absent = refused(404, "NOT_FOUND", desk.get(&nowhere)).await;
    assert_eq!(hidden.text("detail"), absent.text("detail"));
    let seen = accepted(200, desk.get("/v1/organizations?kind=AGENCY")).await;
    assert!(seen.list("organizations").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_a_link_that_is_good_once() {
    let platform = TestPlatform::start().await;
    let facility = Facility::of(&platform).await;
    let administrator = &facility.administrator;

    let (invited, first) = invite(&platform, administrator, "keza@hospital.example").await;
    let account = format!("/v1/accounts/{}", invited.text("accountId"));
    let read = accepted(200, administrator.get(&account)).await;
    assert_eq!(read.text("account.status"), "INVITED");

    // Inviting again sends another link, and the old one dies.
    let (_, link) = invite(&platform, administrator, "keza@hospital.example").await;
    refused(401, "LINK_REJECTED", accept(&platform, &first, PASSWORD)).await;
    refused(401, "LINK_REJECTED", accept(&platform, "made-up", PASSWORD)).await;
    let weak = refused(400, "INVALID_REQUEST", accept(&platform, &link, "password1234")).await;
    assert_eq!(fields(&weak), ["password"]);
    let joined = accepted(200, accept(&platform, &link, PASSWORD)).await;
    assert_eq!(joined.text("organizationId"), facility.id);
    refused(401, "LINK_REJECTED", accept(&platform, &link, PASSWORD)).await;

    let account = format!("/v1/accounts/{}", joined.text("accountId"));
    let read = accepted(200, administrator.get(&account)).await;
    assert_eq!((read.text("account.status"), read.text("account.roles.0")), ("ACTIVE", "FRONT_DESK"));
    let again = administrator.post("/v1/invitations", invitation("Keza@Hospital.example"));
    refused(409, "ALREADY_MEMBER", again).await;
    let listed = accepted(200, administrator.get("/v1/accounts")).await;
    assert_eq!(listed.list("accounts").len(), 2);

    // A link dies of age, and one for another purpose opens nothing here.
    let (_, old) = invite(&platform, administrator, "mugabo@hospital.example").await;
    let since = platform.inbox().mark().unwrap();
    let reset = json!({"email": "keza@hospital.example"});
    accepted(204, platform.rest().post("/v1/password-resets", reset)).await;
    let reset = platform.inbox().next(&since, "keza@hospital.example").await.unwrap();
    refused(401, "LINK_REJECTED", accept(&platform, reset.token().unwrap(), PASSWORD)).await;
    platform.advance(Duration::from_secs(7 * 24 * 3600));
    refused(401, "LINK_REJECTED", accept(&platform, &old, PASSWORD)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_invites_beyond_their_organization_or_gives_a_role_that_is_not_theirs_to_give() {
    let platform = TestPlatform::start().await;
    let Network { payer, facility, desk } = Network::of(&platform).await;
    let supervisor = facility.staff(&platform, &["SUPERVISOR"]).await;

    for (by, permission) in [(&desk, "accounts.manage"), (&supervisor, "accounts.manage")] {
        let denied = by.post("/v1/invitations", invitation("keza@hospital.example"));
        let denied = refused(403, "PERMISSION_DENIED", denied).await;
        assert_eq!(denied.text("permission"), permission);
    }
    refused(403, "PERMISSION_DENIED", desk.get("/v1/accounts")).await;
    accepted(200, supervisor.get("/v1/accounts")).await;

    let mut elsewhere = invitation("keza@hospital.example");
    elsewhere["organizationId"] = json!(facility.id);
    let beyond = payer.administrator.post("/v1/invitations", elsewhere.clone());
    refused(404, "NOT_FOUND", beyond).await;
    // An operator appoints another organization's administrator, who hires the others.
    refused(403, "ROLE_NOT_ALLOWED", platform.operator().await.post("/v1/invitations", elsewhere)).await;
    let mut foreign = invitation("keza@hospital.example");
    foreign["roles"] = json!(["BENEFITS_OFFICER"]);
    let unfit = facility.administrator.post("/v1/invitations", foreign);
    assert_eq!(fields(&refused(400, "INVALID_REQUEST", unfit).await), ["roles"]);

    let account = account_of(&desk).await;
    for request in [
        payer.administrator.get(&account),
        payer.administrator.post(&format!("{account}/disable"), json!({})),
        payer.administrator.patch(&account, json!({"name": "Stranger"})).if_match("\"v1\""),
    ] {
        refused(404, "NOT_FOUND", request).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_disabled_is_out_within_seconds_and_comes_back_by_signing_in() {
    let platform = TestPlatform::start().await;
    let facility = Facility::of(&platform).await;
    let credentials = facility.hire(&platform, &["FRONT_DESK"]).await;
    let session = platform.rest().token(&credentials).await.unwrap().ok().unwrap();
    let desk = platform.rest().with_token(session.text("accessToken"));
    let account = account_of(&desk).await;
    let administrator = &facility.administrator;

    let disabled = accepted(200, administrator.post(&format!("{account}/disable"), json!({}))).await;
    assert_eq!(disabled.text("account.status"), "DISABLED");
    out(&desk).await;
    refused(401, "CREDENTIALS_REJECTED", sign_in(&platform, &credentials.email)).await;
    let refresh = json!({"refreshToken": session.text("refreshToken")});
    refused(401, "SESSION_ENDED", platform.rest().post("/v1/sessions/refresh", refresh)).await;
    let again = accepted(200, administrator.post(&format!("{account}/disable"), json!({}))).await;
    assert_eq!(again.body, disabled.body, "disabling twice changes nothing");

    accepted(200, administrator.post(&format!("{account}/enable"), json!({}))).await;
    accepted(200, sign_in(&platform, &credentials.email)).await;
    refused(401, "TOKEN_REJECTED", desk.get("/v1/me")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_never_loses_its_last_administrator() {
    let platform = TestPlatform::start().await;
    let facility = Facility::of(&platform).await;
    let administrator = &facility.administrator;
    let own = account_of(administrator).await;
    let disable = || administrator.post(&format!("{own}/disable"), json!({}));
    let etag = accepted(200, administrator.get(&own)).await.etag().to_owned();
    let step_down = |etag: &str| administrator.patch(&own, json!({"roles": ["CLINICIAN"]})).if_match(etag);

    refused(409, "LAST_ADMINISTRATOR", disable()).await;
    refused(409, "LAST_ADMINISTRATOR", step_down(&etag)).await;
    // Somebody who has not accepted yet does not count.
    let mut next = invitation("next@hospital.example");
    next["roles"] = json!(["ADMINISTRATOR"]);
    accepted(200, administrator.post("/v1/invitations", next)).await;
    refused(409, "LAST_ADMINISTRATOR", disable()).await;
    facility.staff(&platform, &["ADMINISTRATOR"]).await;
    let stepped = accepted(200, step_down(&etag)).await;
    assert_eq!(*stepped.at("account.roles"), json!(["CLINICIAN"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_of_a_suspended_organization_can_work() {
    let platform = TestPlatform::start().await;
    let facility = Facility::of(&platform).await;
    let credentials = facility.hire(&platform, &["FRONT_DESK"]).await;
    let session = accepted(200, sign_in(&platform, &credentials.email)).await;
    let desk = platform.rest().with_token(session.text("accessToken"));
    let operator = platform.operator().await;
    let path = format!("/v1/organizations/{}", facility.id);
    let set = async |path: &str, status: &str| {
        let read = accepted(200, operator.get(path)).await;
        operator.patch(path, json!({"status": status})).if_match(read.etag())
    };

    accepted(200, set(&path, "SUSPENDED").await).await;
    out(&desk).await;
    refused(401, "CREDENTIALS_REJECTED", sign_in(&platform, &credentials.email)).await;
    accepted(200, set(&path, "ACTIVE").await).await;
    accepted(200, sign_in(&platform, &credentials.email)).await;

    let me = accepted(200, operator.get("/v1/me")).await;
    let own = format!("/v1/organizations/{}", me.text("organization.organizationId"));
    refused(409, "OWN_ORGANIZATION", set(&own, "SUSPENDED").await).await;
}

/// Waits until a caller's token is refused: within seconds of whatever ended it.
async fn out(caller: &Rest) {
    let refused = until("a token to be refused", async || {
        let answer = caller.get("/v1/me").await?;
        Ok((answer.reason() == "TOKEN_REJECTED").then_some(answer.status.as_u16()))
    });
    assert_eq!(refused.await.unwrap(), 401);
}

/// The path of a caller's own account.
async fn account_of(caller: &Rest) -> String {
    let me = accepted(200, caller.get("/v1/me")).await;
    format!("/v1/accounts/{}", me.text("account.accountId"))
}

/// Invites somebody to the front desk; the answer and the token of the mail's link.
async fn invite(platform: &TestPlatform, by: &Rest, email: &str) -> (Answer, String) {
    let since = platform.inbox().mark().unwrap();
    let invited = accepted(200, by.post("/v1/invitations", invitation(email))).await;
    let mail = platform.inbox().next(&since, email).await.unwrap();
    (invited, mail.token().expect("a link").to_owned())
}

fn accept(platform: &TestPlatform, token: &str, password: &str) -> careway_tests::Request {
    platform.rest().post("/v1/invitations/accept", json!({"token": token, "password": password}))
}

fn sign_in(platform: &TestPlatform, email: &str) -> careway_tests::Request {
    platform.rest().post("/v1/sessions", json!({"email": email, "password": PASSWORD}))
}

fn invitation(email: &str) -> Value {
    json!({"email": email, "name": "Keza Ineza", "roles": ["FRONT_DESK"]})
}

fn agency(codes: &[Value]) -> Value {
    json!({
        "kind": "AGENCY", "name": "Bugesera Agency", "country": "RW", "timeZone": "Africa/Kigali", "locale": "rw",
        "codes": codes,
    })
}

fn fields(refusal: &Answer) -> Vec<String> {
    let field = |violation: &Value| violation["field"].as_str().unwrap_or_default().to_owned();
    refusal.list("violations").iter().map(field).collect()
}
