//! Every command leaves a row in its service's audit log, with whose it was; a sign-in that was wrong too.

use careway_service::Call;
use careway_tests::{Network, Rest, TestPlatform, accepted, refused};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn every_command_leaves_a_row_with_whose_it_was() {
    let platform = TestPlatform::start().await;
    let Network { payer, facility, .. } = Network::of(&platform).await;
    let hired = facility.hire(&platform, &["FRONT_DESK"]).await;
    let desk = platform.rest().sign_in(&hired).await.unwrap();
    let plan = json!({
        "code": "SILVER", "names": [{"language": "en", "text": "Silver"}], "currency": "RWF",
        "benefits": [{"code": "CARE", "serviceType": "OUTPATIENT", "names": [{"language": "en", "text": "Care"}]}],
    });
    accepted(201, payer.officer.post("/v1/plans", plan)).await;
    accepted(200, desk.post("/v1/me/totp", json!({}))).await;
    let form = json!({
        "organizationName": "Shondhan", "country": "BD", "contactName": "Tanvir Rahman",
        "email": "tanvir@shondhan.example", "message": "We book appointments.", "language": "bn",
    });
    accepted(202, platform.rest().post("/v1/interest-forms", form)).await;

    let (administrator, officer, desk) =
        (account(&facility.administrator).await, account(&payer.officer).await, account(&desk).await);
    for (service, subject, action) in [
        ("identity", &*administrator, "AccountService/CreateInvitation"),
        ("identity", &*desk, "AccountService/AcceptInvitation"),
        ("identity", &*desk, "SessionService/CreateSession"),
        ("identity", &*desk, "AccountService/EnrollTotp"),
        ("visits", &*officer, "PlanService/CreatePlan"),
        ("cases", "anonymous", "InterestFormService/SubmitInterestForm"),
    ] {
        let noted = rows(&platform, service, subject, action).await;
        assert!(!noted.is_empty(), "{service} has no row of {action} by {subject}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_sign_in_leaves_a_row_whether_or_not_anybody_has_the_address() {
    let platform = TestPlatform::start().await;
    let Network { facility, .. } = Network::of(&platform).await;
    let hired = facility.hire(&platform, &["FRONT_DESK"]).await;
    let desk = account(&platform.rest().sign_in(&hired).await.unwrap()).await;
    for email in [hired.email.as_str(), "nobody@careway.example"] {
        let wrong = json!({"email": email, "password": "not the one that it is"});
        refused(401, "CREDENTIALS_REJECTED", platform.rest().post("/v1/sessions", wrong)).await;
    }
    let id = desk.strip_prefix("account:").unwrap();
    let noted = rows(&platform, "identity", "anonymous", "session.reject").await;
    assert_eq!(noted, [Some(format!("password {id}")), Some("password".to_owned())]);
}

/// Whose rows are theirs.
async fn account(person: &Rest) -> String {
    format!("account:{}", accepted(200, person.get("/v1/me")).await.text("account.accountId"))
}

/// What the rows of an action say beside it, the oldest first.
async fn rows(platform: &TestPlatform, service: &str, subject: &str, action: &str) -> Vec<Option<String>> {
    let mut reader = platform.database(service).read(&Call::system("tests")).await.unwrap();
    let noted = "select detail from audit_entry where subject = $1 and action = $2 order by audit_id";
    sqlx::query_scalar(noted).bind(subject).bind(action).fetch_all(&mut *reader).await.unwrap()
}
