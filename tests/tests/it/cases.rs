//! A case through REST, from the question to what follows its end: who sees it, who may do what now, how it is found, what its
//! history says.

use std::time::Duration;

use careway_tests::{Answer, Rest, Support, TestPlatform, accepted, refused};
use serde_json::{Value, json};

/// What somebody may do with a case now.
async fn actions(by: &Rest, path: &str) -> Vec<String> {
    texts(&accepted(200, by.get(path)).await, "case.actions")
}

fn texts(answer: &Answer, path: &str) -> Vec<String> {
    answer.list(path).iter().map(|it| it.as_str().unwrap().to_owned()).collect()
}

/// One field of each of a list.
fn each(answer: &Answer, list: &str, field: &str) -> Vec<String> {
    answer.list(list).iter().map(|it| it[field].as_str().unwrap_or_default().to_owned()).collect()
}

const PARTNERS: [&str; 5] = ["ANSWER", "UPDATE", "ATTACH", "CHANGE_PARTICIPANTS", "CLOSE"];
const AGENTS: [&str; 8] =
    ["ANSWER", "NOTE", "UPDATE", "ATTACH", "CHANGE_PARTICIPANTS", "ASSIGN", "WAIT", "SOLVE"];

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_opened_answered_solved_closed_and_followed_up() {
    let platform = TestPlatform::start().await;
    let support = Support::of(&platform).await;
    let Support { tanvir, farhana, nusrat, linh, grace, paul, .. } = &support;

    // The form decides what is asked; what nobody knows may stay open.
    let missing = json!({"answers": {"problem": "WRONG_PRICE"}});
    let refusal = refused(400, "INVALID_REQUEST", support.opening(tanvir, &missing)).await;
    assert!(refusal.text("violations.0.field").starts_with("answers"), "{}", refusal.body);
    let opened = support
        .open(&json!({
            "answers": {"problem": "WRONG_PRICE"}, "unknown": ["bookingId"], "severity": "HIGH",
            "externalId": "SHO-1041", "identifiers": [{"name": "merchant", "value": "BD-SHONDHAN-77"}],
        }))
        .await;
    let path = format!("/v1/cases/{}", opened.text("case.caseId"));
    let number = opened.text("case.number").to_owned();
    assert_eq!(opened.header("location"), Some(&*path));
    assert_eq!((opened.etag(), opened.text("case.state")), ("\"v1\"", "OPEN"));
    assert_eq!(opened.text("case.organizationName"), "Shondhan Appointments");
    assert_eq!(opened.at("case.unknown"), &json!(["bookingId"]));

    // By its number as well; colleagues see it, others do not.
    let by_number = format!("/v1/cases/{number}");
    for reader in [tanvir, farhana, nusrat, grace, paul] {
        assert_eq!(
            accepted(200, reader.get(&by_number)).await.text("case.caseId"),
            opened.text("case.caseId")
        );
    }
    for path in [&path, &by_number] {
        refused(404, "NOT_FOUND", linh.get(path)).await;
    }
    assert_eq!(actions(tanvir, &path).await, PARTNERS);
    assert_eq!(actions(nusrat, &path).await, Vec::<String>::new());
    assert_eq!(actions(grace, &path).await, AGENTS);
    assert_eq!(actions(paul, &path).await, [&AGENTS[..], &["CLOSE", "REDACT"]].concat());

    // Support answers, and notes what no partner sees.
    let messages = format!("{path}/messages");
    let note = json!({"body": "canary: look at the tariff first", "internal": true});
    let noted = accepted(200, grace.post(&messages, note)).await;
    assert_eq!((noted.text("case.state"), noted.text("message.side")), ("OPEN", "SUPPORT"));
    platform.advance(Duration::from_secs(1));
    let answered = accepted(200, grace.post(&messages, json!({"body": "Which clinic?"}))).await;
    assert_eq!(answered.text("case.state"), "IN_PROGRESS");
    assert_eq!(accepted(200, tanvir.get(&messages)).await.list("messages").len(), 2);
    assert_eq!(accepted(200, grace.get(&messages)).await.list("messages").len(), 3);

    // It waits, is answered, is solved, is taken up again, is solved for good.
    platform.advance(Duration::from_secs(1));
    let waits =
        accepted(200, grace.post(&format!("{path}/wait"), json!({"message": "And which day?"}))).await;
    assert_eq!((waits.text("case.state"), waits.at("case.dueAt")), ("WAITING_ON_PARTNER", &Value::Null));
    let grace_id = support.account(grace).await;
    assert_eq!(waits.text("case.assigneeId"), grace_id, "whoever asks has it from then on");
    platform.advance(Duration::from_secs(1));
    let answered = accepted(200, farhana.post(&messages, json!({"body": "Dhanmondi, on Sunday."}))).await;
    assert_eq!(answered.text("case.state"), "IN_PROGRESS");
    for words in ["It is mended.", "Now it is."] {
        platform.advance(Duration::from_secs(1));
        let solved = accepted(200, grace.post(&format!("{path}/solve"), json!({"message": words}))).await;
        assert_eq!(solved.text("case.state"), "SOLVED");
        if words == "It is mended." {
            platform.advance(Duration::from_secs(1));
            let again = accepted(200, tanvir.post(&messages, json!({"body": "It is not."}))).await;
            assert_eq!((again.text("case.state"), again.at("case.solvedAt")), ("IN_PROGRESS", &Value::Null));
        }
    }
    assert!(actions(grace, &path).await.contains(&"CLOSE".to_owned()), "support closes what is solved");
    accepted(200, tanvir.post(&format!("{path}/close"), json!({}))).await;
    assert_eq!(actions(tanvir, &path).await, ["FOLLOW_UP"]);
    assert_eq!(actions(paul, &path).await, ["FOLLOW_UP", "REDACT"]);

    // What is asked later is a new case, in the lists at once, with nothing of what was said.
    let more = json!({"description": "The price is wrong again."});
    let followed = accepted(201, tanvir.post(&format!("{path}/follow-ups"), more)).await;
    assert_eq!(followed.text("case.followUpOf.number"), number);
    assert_eq!(followed.at("case.identifiers"), opened.at("case.identifiers"));
    let of_new = format!("/v1/cases/{}/messages", followed.text("case.caseId"));
    assert_eq!(
        each(&accepted(200, tanvir.get(&of_new)).await, "messages", "body"),
        ["The price is wrong again."]
    );
    let listed = accepted(200, nusrat.get("/v1/cases")).await;
    assert_eq!(each(&listed, "cases", "number"), [followed.text("case.number"), &*number]);
    let closed = accepted(200, tanvir.get(&path)).await;
    assert_eq!(closed.text("case.followUps.0.number"), followed.text("case.number"));
    assert_eq!(accepted(200, linh.get("/v1/cases")).await.list("cases").len(), 0);

    // The history is whole, and without what support did among itself.
    let history = accepted(200, nusrat.get(&format!("{path}/history"))).await;
    assert!(!history.body.to_string().contains("NOTE_ADDED"), "{}", history.body);
    let states: Vec<_> = history.list("changes").iter().filter(|it| it["change"] == "STATE").collect();
    let after: Vec<_> = states.iter().map(|it| it["after"].as_str().unwrap()).collect();
    let expected =
        ["IN_PROGRESS", "WAITING_ON_PARTNER", "IN_PROGRESS", "SOLVED", "IN_PROGRESS", "SOLVED", "CLOSED"];
    assert_eq!(after, expected);
    assert_eq!(states[0]["actor"], format!("account:{grace_id}"));
    let of_support = accepted(200, grace.get(&format!("{path}/history"))).await;
    assert!(of_support.list("changes").len() > history.list("changes").len());
    assert!(of_support.list("changes").iter().all(|it| it["channel"] == "PORTAL"), "{}", of_support.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_found_by_its_words_and_by_whatever_is_quoted_and_never_by_a_note() {
    let platform = TestPlatform::start().await;
    let support = Support::of(&platform).await;
    let Support { tanvir, linh, grace, paul, .. } = &support;
    let opened = support
        .open(&json!({
            "subject": "Prix erroné d'une échographie", "description": "বুকিং বাতিল হয়নি",
            "externalId": "SHO-1041", "identifiers": [{"name": "merchant", "value": "BD-SHONDHAN-77"}],
        }))
        .await;
    let other = accepted(201, support.opening(linh, &json!({"subject": "Échographie"}))).await;
    let path = format!("/v1/cases/{}", opened.text("case.caseId"));
    let note = json!({"body": "canaryword", "internal": true});
    accepted(200, grace.post(&format!("{path}/messages"), note)).await;
    let receipt = platform.messages_to(&Support::address("tanvir")).await.pop().unwrap();
    let reference = receipt.headers["Reply-To"].split(['+', '@']).nth(1).unwrap().to_owned();

    let found = async |by: &Rest, query: &str| {
        each(&accepted(200, by.get(&format!("/v1/cases?{query}"))).await, "cases", "caseId")
    };
    let (ours, theirs) = (opened.text("case.caseId").to_owned(), other.text("case.caseId").to_owned());
    let number = opened.text("case.number").to_owned();
    let exactly = [number.to_lowercase(), reference.clone(), reference.to_uppercase(), "SHO-1041".to_owned()];
    let words = ["echographie errone", "বাতিল", "BD-SHONDHAN-77"].map(str::to_owned);
    for quoted in exactly.into_iter().chain(words) {
        assert_eq!(found(tanvir, &format!("q={quoted}")).await, [&*ours], "{quoted}");
        assert!(!found(linh, &format!("q={quoted}")).await.contains(&ours), "{quoted}");
    }
    assert_eq!(found(grace, "q=echographie").await, [&*theirs, &*ours], "support finds everybody's");
    for nothing in ["q=চ", "q=canaryword", "q=erron", "identifier=BD-SHONDHAN-7", "state=SOLVED"] {
        assert_eq!(found(tanvir, nothing).await, Vec::<String>::new(), "{nothing}");
    }
    assert_eq!(found(grace, "q=canaryword").await, [&*ours]);
    assert_eq!(found(grace, "assignee=none&topic=appointments").await.len(), 2);
    assert_eq!(found(grace, &format!("organizationId={}", support.partner)).await, [&*ours]);
    assert_eq!(found(tanvir, "identifier=SHO-1041&state=OPEN").await, [&*ours]);
    refused(400, "INVALID_REQUEST", tanvir.get("/v1/cases?state=NOTHING")).await;

    // Words that are taken away are found by nobody, and nobody reads them.
    let messages = accepted(200, grace.get(&format!("{path}/messages"))).await;
    let first = format!("{path}/messages/{}/redact", messages.text("messages.0.messageId"));
    let why = json!({"reason": "Named a patient"});
    refused(403, "PERMISSION_DENIED", grace.post(&first, why.clone())).await;
    let redacted = accepted(200, paul.post(&first, why)).await;
    assert!(redacted.at("message.redactedAt").is_string() && redacted.text("message.body").is_empty());
    assert_eq!(found(tanvir, "q=বাতিল").await, Vec::<String>::new());
    let left = accepted(200, tanvir.get(&format!("{path}/messages"))).await;
    assert_eq!(each(&left, "messages", "body"), [""]);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_take_part_watch_and_change_what_a_case_says_of_itself() {
    let platform = TestPlatform::start().await;
    let support = Support::of(&platform).await;
    let Support { tanvir, farhana, nusrat, grace, .. } = &support;
    let opened = support.open(&json!({})).await;
    let path = format!("/v1/cases/{}", opened.text("case.caseId"));
    let (tanvir_id, farhana_id) = (support.account(tanvir).await, support.account(farhana).await);
    let (nusrat_id, grace_id) = (support.account(nusrat).await, support.account(grace).await);

    let with = accepted(200, tanvir.put(&format!("{path}/participants/{farhana_id}"), json!({}))).await;
    assert_eq!(texts(&with, "case.participantIds"), [&*tanvir_id, &*farhana_id]);
    accepted(200, nusrat.put(&format!("{path}/watch"), json!({}))).await;
    let watched = accepted(200, grace.put(&format!("{path}/watch"), json!({}))).await;
    assert_eq!(texts(&watched, "case.watcherIds"), [&*nusrat_id, &*grace_id]);
    let seen = accepted(200, tanvir.get(&path)).await;
    assert_eq!(texts(&seen, "case.watcherIds"), [&*nusrat_id], "who of support watches is support's");
    accepted(200, nusrat.delete(&format!("{path}/watch"))).await;
    let without = accepted(200, farhana.delete(&format!("{path}/participants/{tanvir_id}"))).await;
    assert_eq!(texts(&without, "case.participantIds"), [&*farhana_id]);

    let subject = json!({"subject": "Wrong prices of two ultrasounds", "externalId": "SHO-7"});
    refused(428, "PRECONDITION_REQUIRED", tanvir.patch(&path, subject.clone())).await;
    refused(412, "STALE_VERSION", tanvir.patch(&path, subject.clone()).if_match("\"v1\"")).await;
    let changed = accepted(200, tanvir.patch(&path, subject).if_match(without.etag())).await;
    assert_eq!(changed.text("case.externalId"), "SHO-7");
    let severe = json!({"severity": "URGENT"});
    refused(403, "SUPPORT_ONLY", tanvir.patch(&path, severe.clone()).if_match(changed.etag())).await;
    let severe = accepted(200, grace.patch(&path, severe).if_match(changed.etag())).await;
    assert_eq!(severe.text("case.severity"), "URGENT");
    let history = accepted(200, tanvir.get(&format!("{path}/history"))).await;
    let changes = each(&history, "changes", "change");
    for change in ["PARTICIPANTS", "SUBJECT", "EXTERNAL_ID", "SEVERITY"] {
        assert!(changes.iter().any(|it| it == change), "no {change} in {changes:?}");
    }
}
