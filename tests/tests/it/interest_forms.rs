//! From an interest form to a partner at work: the form, the link, the decision, the invitation; and how fast a role that was
//! taken is gone.

use careway_tests::{Credentials, Rest, TestPlatform, accepted, refused, until};
use serde_json::{Value, json};

use crate::dispute_page::speaks_every_language_alone;

const TANVIR: &str = "tanvir@shondhan.example";
const PASSWORD: &str = "umuganda ku wa gatandatu";

fn form(email: &str) -> Value {
    json!({
        "organizationName": "Shondhan", "country": "BD", "contactName": "Tanvir Rahman", "email": email,
        "message": "We book appointments for 40,000 employees.", "language": "bn"
    })
}

/// The token of the newest link to an address, once it is there.
pub(crate) async fn token_mailed_to(platform: &TestPlatform, email: &str, page: &str) -> String {
    let found = until("a link by mail", async || {
        let mails = platform.messages_to(email).await;
        let mut links = mails.iter().filter(|mail| mail.link().is_some_and(|link| link.contains(page)));
        Ok(links.next_back().and_then(|mail| mail.token().map(str::to_owned)))
    });
    found.await.unwrap()
}

/// Somebody who follows the invitation to an organization, signed in.
pub(crate) async fn hire(platform: &TestPlatform, inviter: &Rest, email: &str, role: &str) -> Rest {
    let invitation = json!({"email": email, "name": "Mina Akter", "roles": [role]});
    accepted(200, inviter.post("/v1/invitations", invitation)).await;
    join(platform, email).await
}

async fn join(platform: &TestPlatform, email: &str) -> Rest {
    let token = token_mailed_to(platform, email, "invitation").await;
    let accept = json!({"token": token, "password": PASSWORD});
    accepted(200, platform.rest().post("/v1/invitations/accept", accept).without_key()).await;
    platform.rest().sign_in(&Credentials::new(email, PASSWORD)).await.unwrap()
}

/// A lead of support, signed in.
pub(crate) async fn lead(platform: &TestPlatform) -> Rest {
    hire(platform, &platform.operator().await, "lead@careway.example", "SUPPORT_LEAD").await
}

/// A form that its writer confirmed, by its id.
async fn confirmed(platform: &TestPlatform, lead: &Rest, email: &str) -> String {
    accepted(202, platform.rest().post("/v1/interest-forms", form(email)).without_key()).await;
    let token = token_mailed_to(platform, email, "/interest").await;
    let confirm = platform.rest().post("/v1/interest-forms/confirm", json!({"token": token})).without_key();
    accepted(200, confirm).await;
    let listed = accepted(200, lead.get("/v1/interest-forms?state=SUBMITTED")).await;
    let form = listed.list("interestForms").iter().find(|form| form["email"] == email);
    form.expect("a confirmed form is listed")["interestFormId"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interest_form_becomes_a_partner_at_work() {
    let platform = TestPlatform::start().await;
    let lead = lead(&platform).await;
    let agent = hire(&platform, &platform.operator().await, "agent@careway.example", "SUPPORT_AGENT").await;
    let id = confirmed(&platform, &lead, TANVIR).await;
    let path = format!("/v1/interest-forms/{id}");
    refused(403, "PERMISSION_DENIED", agent.get(&path)).await;
    assert_eq!(accepted(200, lead.get(&path)).await.at("interestForm.state"), "SUBMITTED");

    let accept = json!({
        "kind": "PARTNER", "timeZone": "Asia/Dhaka", "codes": [{"kind": "MERCHANT", "value": "m-100"}]
    });
    let wrong =
        json!({"kind": "PARTNER", "timeZone": "Dhaka", "codes": [{"kind": "MERCHANT", "value": "a+b"}]});
    let told = refused(400, "INVALID_REQUEST", lead.post(&format!("{path}/accept"), wrong)).await;
    let fields = told.list("violations").iter().map(|one| one["field"].as_str().unwrap_or_default());
    assert_eq!(fields.collect::<Vec<_>>(), ["timeZone", "codes[0].value"]);
    let key = "an-accepted-interest-form";
    let first = accepted(200, lead.post(&format!("{path}/accept"), accept.clone()).key(key)).await;
    let again = accepted(200, lead.post(&format!("{path}/accept"), accept.clone()).key(key)).await;
    assert_eq!(first.body, again.body);
    refused(409, "INTEREST_DECIDED", lead.post(&format!("{path}/accept"), accept.clone())).await;
    refused(409, "INTEREST_DECIDED", lead.post(&format!("{path}/decline"), json!({"reason": "no"}))).await;

    let administrator = join(&platform, TANVIR).await;
    let me = accepted(200, administrator.get("/v1/me")).await;
    assert_eq!(me.text("organization.organizationId"), first.text("interestForm.organizationId"));
    assert_eq!((me.text("organization.kind"), me.text("organization.locale")), ("PARTNER", "bn"));
    assert!(me.list("permissions").contains(&json!("cases.write")));

    let second = confirmed(&platform, &lead, "other@shondhan.example").await;
    refused(409, "CODE_TAKEN", lead.post(&format!("/v1/interest-forms/{second}/accept"), accept)).await;
    let reason = json!({"reason": "Your organization is here already.\nAsk Tanvir."});
    accepted(200, lead.post(&format!("/v1/interest-forms/{second}/decline"), reason)).await;
    let mails = platform.messages_to("other@shondhan.example").await;
    assert!(mails.iter().any(|mail| mail.text.contains("Ask Tanvir.")), "the reason is mailed");
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_gets_the_same_answer() {
    let platform = TestPlatform::start().await;
    let rest = platform.rest();
    let submit = || rest.post("/v1/interest-forms", form(TANVIR)).without_key();
    let mut answers = Vec::new();
    for _ in 0..5 {
        let answer = accepted(202, submit()).await;
        answers.push((answer.status, answer.body));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
    platform.sent().await;
    until("three mails", async || Ok((platform.messages_to(TANVIR).await.len() == 3).then_some(())))
        .await
        .unwrap();
    let confirm =
        |token: &str| rest.post("/v1/interest-forms/confirm", json!({"token": token})).without_key();
    refused(401, "INTEREST_LINK_REJECTED", confirm("AZjA3lpeex-KUS9vD5s8MQEjRWeJq83vASNFZ4mrze8")).await;
    refused(401, "TOKEN_REQUIRED", rest.get("/v1/interest-forms")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_leads_to_a_page_that_asks_first() {
    let platform = TestPlatform::start().await;
    let button = |page: &str| {
        let (_, rest) = page.split_once("<button id=\"confirm\" type=\"button\">").expect("a button");
        rest.split_once("</button>").expect("its end").0.to_owned()
    };
    let said = [
        "Yego, ni njye",
        "Yes, it was me",
        "Oui, c’était moi",
        "Vâng, đó là tôi",
        "Da, eu am fost",
        "হ্যাঁ, আমিই",
    ];
    speaks_every_language_alone(&platform, "/interest", button, said).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_loses_a_role_has_lost_it_within_seconds() {
    let platform = TestPlatform::start().await;
    let operator = platform.operator().await;
    let agent = hire(&platform, &operator, "agent@careway.example", "SUPPORT_LEAD").await;
    let account = accepted(200, agent.get("/v1/me")).await.text("account.accountId").to_owned();
    // The very token, which nothing renews.
    let token = platform.rest().with_token(&agent.access_token());
    accepted(200, token.get("/v1/interest-forms")).await;

    let path = format!("/v1/accounts/{account}");
    let etag = accepted(200, operator.get(&path)).await.etag().to_owned();
    accepted(200, operator.patch(&path, json!({"roles": ["SUPPORT_AGENT"]})).if_match(&etag)).await;
    let out = until("the token of before to be refused", async || {
        let answer = token.get("/v1/interest-forms").await?;
        Ok((answer.reason() == "TOKEN_REJECTED").then_some(()))
    });
    out.await.unwrap();
    let again = platform.rest().sign_in(&Credentials::new("agent@careway.example", PASSWORD)).await.unwrap();
    refused(403, "PERMISSION_DENIED", again.get("/v1/interest-forms")).await;
}
