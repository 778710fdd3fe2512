//! The pages where people choose a password: behind the mail of an invitation, and behind the mail of whoever forgot one.

use careway_tests::{Credentials, TestPlatform, accepted, refused};
use serde_json::json;

use crate::{
    dispute_page::{between, read, speaks_every_language_alone},
    interest_forms::token_mailed_to,
};

const ALINE: &str = "aline@careway.example";
const PASSWORD: &str = "umuganda ku wa gatandatu";
const OTHER: &str = "correct horse battery staple";

#[tokio::test(flavor = "multi_thread")]
async fn the_link_of_an_invitation_leads_to_a_page_that_asks_for_a_password_and_accepts_then() {
    let platform = TestPlatform::start().await;
    let operator = platform.operator().await;
    let invite = async |organization: Option<&str>| {
        let mut invitation = json!({"email": ALINE, "name": "Aline Uwase", "roles": ["SUPPORT_AGENT"]});
        if let Some(organization) = organization {
            invitation["organizationId"] = organization.into();
            invitation["roles"] = json!(["ADMINISTRATOR"]);
        }
        accepted(200, operator.post("/v1/invitations", invitation)).await;
        token_mailed_to(&platform, ALINE, "/invitation#").await
    };
    let token = invite(None).await;

    // What the page's script does: it asks what the invitation is to, and accepts when the person says so.
    let page = read(&platform, "/invitation", "en").await.text().await.unwrap();
    let (show, accept) = (between(&page, "await ask('", "', {token})"), between(&page, "choose('", "', "));
    let to = |path: &str, body| platform.rest().post(&format!("/{path}"), body).without_key();
    for _ in 0..2 {
        let shown = accepted(200, to(show, json!({"token": token}))).await;
        assert_eq!(shown.text("email"), ALINE, "it only asks");
        assert_eq!(shown.at("needsPassword"), true);
        assert!(!shown.text("organizationName").is_empty());
    }
    for weak in ["short", "Password-1234"] {
        let told =
            refused(400, "INVALID_REQUEST", to(accept, json!({"token": token, "password": weak}))).await;
        assert_eq!(
            told.text("violations.0.field"),
            "password",
            "the page tells it from a link that is no good"
        );
    }
    accepted(200, to(accept, json!({"token": token, "password": PASSWORD}))).await;
    platform.rest().sign_in(&Credentials::new(ALINE, PASSWORD)).await.unwrap();
    refused(401, "LINK_REJECTED", to(show, json!({"token": token}))).await;

    // Who has an account is asked for no password, and keeps it.
    let organization =
        json!({"kind": "FACILITY", "name": "Nyamata", "country": "RW", "timeZone": "Africa/Kigali"});
    let made = accepted(201, operator.post("/v1/organizations", organization)).await;
    let again = invite(Some(made.text("organization.organizationId"))).await;
    assert_ne!(token, again);
    let shown = accepted(200, to(show, json!({"token": again}))).await;
    assert_eq!(shown.text("organizationName"), "Nyamata");
    assert_eq!(shown.at("needsPassword"), false);
    accepted(200, to(accept, json!({"token": again}))).await;
    platform.rest().sign_in(&Credentials::new(ALINE, PASSWORD)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_of_a_forgotten_password_leads_to_a_page_that_sets_another() {
    let platform = TestPlatform::start().await;
    let operator = platform.operator().await;
    crate::interest_forms::hire(&platform, &operator, ALINE, "SUPPORT_AGENT").await;
    accepted(204, platform.rest().post("/v1/password-resets", json!({"email": ALINE})).without_key()).await;
    let token = token_mailed_to(&platform, ALINE, "/password-reset#").await;

    let page = read(&platform, "/password-reset", "en").await.text().await.unwrap();
    let to =
        |body| platform.rest().post(&format!("/{}", between(&page, "choose('", "')")), body).without_key();
    // The page judges the length as the service does.
    let bound = |before, after| between(&page, before, after).parse::<usize>().unwrap();
    let (shortest, longest) = (bound("length < ", " ||"), bound("length > ", ")"));
    let long = |length: usize| OTHER.chars().cycle().take(length).collect::<String>();
    for wrong in [shortest - 1, longest + 1] {
        refused(400, "INVALID_REQUEST", to(json!({"token": token, "password": long(wrong)}))).await;
    }
    let other = long(shortest);
    accepted(204, to(json!({"token": token, "password": other}))).await;
    platform.rest().sign_in(&Credentials::new(ALINE, other)).await.unwrap();
    refused(401, "LINK_REJECTED", to(json!({"token": token, "password": PASSWORD}))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_pages_speak_their_readers_language_and_need_nothing_but_themselves() {
    let platform = TestPlatform::start().await;
    let button = |page: &str| between(page, "<button>", "</button>").to_owned();
    let said = [
        "Emera ubutumire",
        "Accept the invitation",
        "Accepter l’invitation",
        "Nhận lời mời",
        "Acceptați invitația",
        "আমন্ত্রণ গ্রহণ করুন",
    ];
    speaks_every_language_alone(&platform, "/invitation", button, said).await;
    let said = [
        "Bika ijambobanga",
        "Save the password",
        "Enregistrer le mot de passe",
        "Lưu mật khẩu",
        "Salvați parola",
        "পাসওয়ার্ড সংরক্ষণ করুন",
    ];
    speaks_every_language_alone(&platform, "/password-reset", button, said).await;
}
