//! A whole day at the desk at TRACE level: no code, phone, national id, name, password or token in any log, span, event or
//! outbox row, and no code in any answer. A binary of its own: it listens to all the process says.

mod cases;

use std::collections::BTreeSet;

use careway_service::Call;
use careway_testing::capture_logs;
use careway_tests::{Network, TestPlatform, accepted, refused};
use serde_json::json;

/// A name like no other word in the logs.
const NAME: &str = "Nyirabakunzikazi";
/// What a document says, like nothing else.
const FINDING: &str = "suspected pheochromocytoma";

#[tokio::test(flavor = "multi_thread")]
async fn nothing_sensitive_is_logged_or_published() {
    let logs = capture_logs();
    let platform = TestPlatform::start().await;
    let network = Network::of(&platform).await;
    let member = network.payer.covered_member(&platform).await;
    let shown = accepted(200, network.payer.officer.get(&format!("/v1/members/{}", member.id))).await;
    let change =
        network.payer.officer.patch(&format!("/v1/members/{}", member.id), json!({"familyName": NAME}));
    accepted(200, change.if_match(shown.etag())).await;

    let mut answers = String::new();
    let started =
        accepted(201, network.desk.post("/v1/visits", json!({"nationalId": member.national_id}))).await;
    let visit = format!("/v1/visits/{}", started.text("visit.visitId"));
    let code = platform.code_for(&member.phone).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    answers += &started.body.to_string();
    answers +=
        &refused(401, "CODE_REJECTED", network.desk.post(&format!("{visit}/verify"), json!({"code": wrong})))
            .await
            .body
            .to_string();
    for (verb, body) in [("verify", json!({"code": code})), ("admit", json!({"serviceType": "OUTPATIENT"}))] {
        answers += &accepted(200, network.desk.post(&format!("{visit}/{verb}"), body)).await.body.to_string();
    }
    answers += &accepted(200, network.desk.get(&format!("{visit}/benefits"))).await.body.to_string();
    let clinician = network.facility.staff(&platform, &["CLINICIAN"]).await;
    let letter = format!("{visit}/documents?kind=REFERRAL&title={NAME}&fileName={NAME}.txt");
    let letter = clinician.upload(&letter, "text/plain", FINDING).key("a-letter-like-no-other");
    let letter = format!("/v1/documents/{}", accepted(201, letter).await.text("document.documentId"));
    assert_eq!(accepted(200, clinician.get(&letter)).await.text("document.title"), NAME);
    accepted(200, clinician.get(&format!("{letter}/content"))).await;
    let error = json!({"reason": format!("of another {NAME}")});
    accepted(200, clinician.post(&format!("{letter}/retract"), error)).await;
    accepted(200, network.desk.post(&format!("{visit}/discharge"), json!({}))).await;
    let secrets = json!({"email": "nobody@careway.example", "password": "a-password-like-no-other-word"});
    refused(401, "CREDENTIALS_REJECTED", platform.rest().post("/v1/sessions", secrets)).await;
    platform.settle().await;

    let told = format!("{}\n{}", logs.text(), published(&platform).await);
    assert!(told.len() > 100_000, "the logs were not captured: {} bytes", told.len());
    let canaries = [
        NAME,
        FINDING,
        &member.phone,
        &member.phone[4..],
        &member.national_id,
        "a-password-like-no-other-word",
        "nobody@careway.example",
        "eyJ",
    ];
    let mut found = BTreeSet::new();
    for canary in canaries {
        let hex: String = canary.bytes().map(|byte| format!("{byte:02x}")).collect();
        found.extend(lines_with(&told, canary));
        found.extend(lines_with(&told, &hex));
    }
    found.extend(told.lines().filter(|line| stands_alone(line, &code)).map(str::to_owned));
    assert!(found.is_empty(), "{found:#?}");
    assert!(!stands_alone(&answers, &code), "an answer tells the code");
}

/// What the outboxes hold: types, ids and payloads, as text where they are text.
async fn published(platform: &TestPlatform) -> String {
    let mut all = String::new();
    for service in platform.in_process().services() {
        let mut reader = service.database.read(&Call::system("tests")).await.unwrap();
        let rows: Vec<(String, Vec<u8>)> =
            sqlx::query_as("select type, payload from outbox").fetch_all(&mut *reader).await.unwrap();
        for (event_type, payload) in rows {
            all += &format!("{event_type} {}\n", String::from_utf8_lossy(&payload));
        }
    }
    assert!(all.contains("VisitAdmitted"), "events were published");
    all
}

fn lines_with(text: &str, canary: &str) -> Vec<String> {
    text.lines().filter(|line| line.contains(canary)).map(str::to_owned).collect()
}

/// Six digits of their own, not part of an id, an instant or a longer number.
fn stands_alone(text: &str, code: &str) -> bool {
    let part = |letter: char| letter.is_ascii_alphanumeric() || letter == '.';
    text.match_indices(code).any(|(at, _)| {
        !text[..at].chars().next_back().is_some_and(part)
            && !text[at + code.len()..].chars().next().is_some_and(part)
    })
}
