//! What belongs to a partner, asked for by everybody else: every route of cases, made from the contract itself, by each role of the
//! partner itself, by another partner, by a channel and by a payer. Who may not is told so, to everybody else it is not there; and
//! of what support notes no partner sees anything.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use careway_tests::{Answer, Channel, Mail, Payer, Rest, SUPPORT, Support, TestPlatform, accepted, refused};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    document,
    isolation::{ask, filled},
};

const WORDS: &str = "canaryword of Dhanmondi";
const NOTE: &str = "canarynote of support";

#[tokio::test(flavor = "multi_thread")]
async fn no_route_of_cases_gives_anybody_anything_of_another() {
    let platform = TestPlatform::start().await;
    let support = Support::of(&platform).await;
    let (channel, payer) = (Channel::of(&platform).await, Payer::of(&platform).await);
    let ours = Ours::of(&platform, &support).await;
    let strangers =
        [&support.linh, &channel.administrator, &channel.editor, &payer.administrator, &payer.officer];
    let own = [&support.farhana, &support.tanvir, &support.nusrat];

    let (mut cells, mut unreached) = (0, Vec::new());
    let routes = platform.in_process().routes().iter();
    for route in routes.filter(|route| route.rpc.starts_with("careway.cases.") && route.access != "PUBLIC") {
        // A watch does not end: what one tells is in the canary scan. Uploads are asked with files below.
        if route.upload || route.path.ends_with("/watch") && route.method == Method::GET {
            continue;
        }
        let path = filled(&route.path, &ours.ids).unwrap_or_else(|| panic!("no id for {}", route.path));
        let (_, body) = document::body(document::operation(platform.in_process().openapi(), route));
        // Forms are everybody's.
        let is_somebodys = path != route.path && !route.path.contains("{topic}");
        for stranger in strangers {
            let answer = ask(stranger, &route.method, &path, body).await;
            clean(&answer, &[WORDS, NOTE, &ours.reference, &ours.number], &path);
            let is_right = match answer.status {
                StatusCode::FORBIDDEN => !may(stranger, &route.access),
                StatusCode::NOT_FOUND => is_somebodys && may(stranger, &route.access),
                // What is wrong by itself is told before anything is looked for.
                StatusCode::BAD_REQUEST => route.method != Method::GET && may(stranger, &route.access),
                _ => !is_somebodys && may(stranger, &route.access),
            };
            assert!(is_right, "{answer}");
            cells += 1;
        }
        // Last of all the partner's own: nothing is changed before that strangers have asked for it.
        if route.method != Method::GET {
            continue;
        }
        for member in own {
            let answer = ask(member, &route.method, &path, body).await;
            clean(&answer, &[NOTE], &path);
            assert_eq!(answer.status == StatusCode::FORBIDDEN, !may(member, &route.access), "{answer}");
        }
        if is_somebodys && !reached(&[&support.tanvir, &support.paul], &path).await {
            unreached.push(route.path.clone());
        }
    }
    assert!(cells > 150, "only {cells} cells were asked");
    assert!(unreached.is_empty(), "not even the owners reach {unreached:?}");
    for (reader, count) in [(&support.linh, 0), (&channel.editor, 0), (&support.nusrat, 2)] {
        let listed = accepted(200, reader.get("/v1/cases")).await;
        let ours =
            listed.list("cases").iter().filter(|case| case["organizationId"] == support.partner.as_str());
        assert_eq!(ours.count(), count);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_adds_a_file_to_another_partners_case() {
    let platform = TestPlatform::start().await;
    let support = Support::of(&platform).await;
    let channel = Channel::of(&platform).await;
    let case = support.open(&json!({})).await.text("case.caseId").to_owned();
    let path = format!("/v1/cases/{case}/attachments?fileName=hours.txt");
    let upload = |by: &Rest| by.upload(&path, "text/plain", WORDS).key(&uuid::Uuid::now_v7().to_string());
    for stranger in [&support.linh, &channel.administrator, &channel.editor] {
        if may(stranger, "cases.write") {
            refused(404, "NOT_FOUND", upload(stranger)).await;
        } else {
            refused(403, "PERMISSION_DENIED", upload(stranger)).await;
        }
    }
    refused(403, "PERMISSION_DENIED", upload(&support.nusrat)).await;
    let added = accepted(201, upload(&support.tanvir)).await;
    let of_the_file = format!("/v1/case-attachments/{}", added.text("attachment.attachmentId"));
    for other in [&support.farhana, &support.linh, &support.grace] {
        refused(404, "NOT_FOUND", other.get(&of_the_file)).await;
    }
}

/// No answer to a stranger has any of these words.
fn clean(answer: &Answer, canaries: &[&str], path: &str) {
    let text = String::from_utf8_lossy(&answer.content);
    for canary in canaries.iter().filter(|canary| !path.contains(**canary)) {
        assert!(!text.contains(*canary), "{path} tells {canary}: {text}");
    }
    assert!(!answer.status.is_server_error(), "{answer}");
}

/// Whether the person's token holds the permission.
fn may(person: &Rest, permission: &str) -> bool {
    let token = person.access_token();
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    permission == "AUTHENTICATED"
        || claims["scope"].as_str().unwrap().split(' ').any(|held| held == permission)
}

async fn reached(owners: &[&Rest], path: &str) -> bool {
    for owner in owners {
        if owner.get(path).await.expect("an answer").status == StatusCode::OK {
            return true;
        }
    }
    false
}

/// One of everything that the first partner has.
struct Ours {
    ids: BTreeMap<&'static str, String>,
    number: String,
    reference: String,
}

impl Ours {
    async fn of(platform: &TestPlatform, support: &Support) -> Self {
        let Support { tanvir, grace, paul, .. } = support;
        let opened =
            support.open(&json!({"subject": WORDS, "description": WORDS, "externalId": WORDS})).await;
        let path = format!("/v1/cases/{}", opened.text("case.caseId"));
        let note = json!({"body": NOTE, "internal": true});
        accepted(200, grace.post(&format!("{path}/messages"), note)).await;
        let receipt = platform.messages_to(&Support::address("tanvir")).await.pop().expect("a receipt");
        let reference = receipt.headers["Reply-To"].split(['+', '@']).nth(1).expect("a reference").to_owned();
        let operator = platform.operator().await;
        let mail = Mail::new(&Support::address("tanvir"), WORDS, WORDS, "canary-1").with_file(
            "hours.txt",
            "text/plain",
            WORDS,
        );
        let by_mail = mail.deliver(&operator, SUPPORT).await.unwrap().ok().unwrap();
        let held = mail.forged().deliver(&operator, SUPPORT).await.unwrap().ok().unwrap();
        let case = by_mail.text("outcomes.0.caseId").to_owned();
        let said = accepted(200, tanvir.get(&format!("/v1/cases/{case}/messages"))).await;
        let days: Vec<_> = ["MONDAY", "TUESDAY"]
            .iter()
            .map(|day| json!({"day": day, "hours": [{"from": "09:00", "until": "17:00"}]}))
            .collect();
        let calendar = json!({"timeZone": "Asia/Dhaka", "week": days});
        accepted(200, paul.put("/v1/work-calendars/canary", calendar).if_match("\"v0\"")).await;
        let form = json!({
            "organizationName": "Nirnoy", "country": "BD", "contactName": "Rehana Akter", "language": "en",
            "email": "rehana@nirnoy.example", "message": WORDS,
        });
        accepted(202, platform.rest().post("/v1/interest-forms", form).without_key()).await;
        let ids = BTreeMap::from([
            ("case_id", case),
            ("message_id", said.text("messages.0.messageId").to_owned()),
            ("attachment_id", said.text("messages.0.attachments.0.attachmentId").to_owned()),
            ("account_id", support.account(tanvir).await),
            ("inbound_mail_id", held.text("outcomes.0.inboundMailId").to_owned()),
            ("organization_id", support.partner.clone()),
            ("work_calendar_id", "canary".to_owned()),
            ("topic", "appointments".to_owned()),
            ("interest_form_id", confirmed(platform, paul).await),
        ]);
        Self { ids, number: opened.text("case.number").to_owned(), reference }
    }
}

/// The form that was filled in, confirmed by its link.
async fn confirmed(platform: &TestPlatform, lead: &Rest) -> String {
    let token = crate::interest_forms::token_mailed_to(platform, "rehana@nirnoy.example", "/interest").await;
    let confirm = platform.rest().post("/v1/interest-forms/confirm", json!({"token": token})).without_key();
    accepted(200, confirm).await;
    let listed = accepted(200, lead.get("/v1/interest-forms?state=SUBMITTED")).await;
    listed.text("interestForms.0.interestFormId").to_owned()
}
