//! Every refusal of cases through REST: where a case stands, who asks, and what is not there.

use careway_service::Call;
use careway_tests::{Answer, Rest, Support, TestPlatform, accepted, refused};
use serde_json::{Value, json};

const NOBODY: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// What changes a case, by the last part of its route, with a body that is right.
fn commands() -> [(&'static str, Value); 5] {
    let message = json!({"message": "Words."});
    [
        ("messages", json!({"body": "Words."})),
        ("assign", json!({})),
        ("wait", message.clone()),
        ("solve", message),
        ("close", json!({"reason": "Sent twice"})),
    ]
}

async fn solve(by: &Rest, path: &str) -> Answer {
    accepted(200, by.post(&format!("{path}/solve"), json!({"message": "It is mended."}))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_case_stays_closed_and_has_one_open_follow_up() {
    let platform = TestPlatform::start().await;
    let support = Support::of(&platform).await;
    let Support { tanvir, farhana, paul, .. } = &support;
    let path = format!("/v1/cases/{}", support.open(&json!({})).await.text("case.caseId"));
    let follow_ups = format!("{path}/follow-ups");
    let more = json!({"description": "It happened again."});
    refused(409, "CASE_NOT_CLOSED", tanvir.post(&follow_ups, more.clone())).await;
    let closed = accepted(200, tanvir.post(&format!("{path}/close"), json!({}))).await;

    for (command, body) in commands() {
        let refusal = refused(409, "CASE_CLOSED", paul.post(&format!("{path}/{command}"), body)).await;
        assert_eq!(refusal.text("followUpAt"), follow_ups, "{command}");
    }
    let farhana_id = support.account(farhana).await;
    let participant = format!("{path}/participants/{farhana_id}");
    refused(409, "CASE_CLOSED", tanvir.put(&participant, json!({}))).await;
    refused(409, "CASE_CLOSED", tanvir.delete(&participant)).await;
    let subject = json!({"subject": "Another"});
    refused(409, "CASE_CLOSED", tanvir.patch(&path, subject).if_match(closed.etag())).await;

    refused(400, "INVALID_REQUEST", tanvir.post(&follow_ups, json!({"description": ""}))).await;
    let open = accepted(201, tanvir.post(&follow_ups, more.clone())).await;
    for by in [tanvir, farhana, paul] {
        let refusal = refused(409, "FOLLOW_UP_OPEN", by.post(&follow_ups, more.clone())).await;
        assert_eq!(refusal.text("followUpId"), open.text("case.caseId"));
        assert_eq!(refusal.text("followUpNumber"), open.text("case.number"));
    }
    let late = tanvir.post(&format!("{path}/messages"), json!({"body": "One more thing"}));
    assert_eq!(refused(409, "CASE_CLOSED", late).await.text("followUpNumber"), open.text("case.number"));
    let of_new = format!("/v1/cases/{}/close", open.text("case.caseId"));
    accepted(200, tanvir.post(&of_new, json!({}))).await;
    accepted(201, tanvir.post(&follow_ups, more)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_case_stands_and_who_asks_decides_what_is_done() {
    let platform = TestPlatform::start().await;
    let support = Support::of(&platform).await;
    let Support { tanvir, nusrat, grace, paul, .. } = &support;
    let path = format!("/v1/cases/{}", support.open(&json!({})).await.text("case.caseId"));
    let post = |by: &Rest, command: &str, body: Value| by.post(&format!("{path}/{command}"), body);
    let message = || json!({"message": "Words."});

    // Partners do not do what support does, readers do nothing.
    for (command, body) in commands() {
        refused(403, "PERMISSION_DENIED", post(nusrat, command, body.clone())).await;
        if ["assign", "wait", "solve"].contains(&command) {
            refused(403, "PERMISSION_DENIED", post(tanvir, command, body)).await;
        }
    }
    let note = json!({"body": "A note", "internal": true});
    refused(403, "SUPPORT_ONLY", post(tanvir, "messages", note)).await;

    // An agent closes what is solved, a lead anything, and says why.
    refused(409, "CASE_NOT_SOLVED", post(grace, "close", json!({"reason": "Sent twice"}))).await;
    let silent = refused(400, "INVALID_REQUEST", post(paul, "close", json!({}))).await;
    assert_eq!(silent.text("violations.0.field"), "reason");
    accepted(200, post(grace, "wait", message())).await;
    refused(409, "CASE_WAITS", post(grace, "wait", message())).await;
    solve(grace, &path).await;
    refused(409, "CASE_SOLVED", post(grace, "wait", message())).await;
    refused(409, "CASE_SOLVED", post(grace, "solve", message())).await;
    accepted(200, post(grace, "close", json!({}))).await;

    let other = format!("/v1/cases/{}", support.open(&json!({})).await.text("case.caseId"));
    let closed = accepted(200, paul.post(&format!("{other}/close"), json!({"reason": "Sent twice"}))).await;
    assert_eq!(closed.text("case.state"), "CLOSED");
    let history = accepted(200, grace.get(&format!("{other}/history"))).await;
    assert!(history.body.to_string().contains("CLOSED: Sent twice"), "{}", history.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_are_given_to_agents_and_joined_by_members_and_opened_by_forms_that_stand() {
    let platform = TestPlatform::start().await;
    let support = Support::of(&platform).await;
    let Support { tanvir, nusrat, linh, grace, paul, .. } = &support;
    let path = format!("/v1/cases/{}", support.open(&json!({})).await.text("case.caseId"));
    let (tanvir_id, linh_id) = (support.account(tanvir).await, support.account(linh).await);
    let grace_id = support.account(grace).await;

    // Identity says who is an agent, and who is one of the organization.
    for nobody in [&*tanvir_id, &*linh_id, NOBODY] {
        let given = grace.post(&format!("{path}/assign"), json!({"assigneeId": nobody}));
        refused(422, "ASSIGNEE_NOT_AGENT", given).await;
    }
    accepted(200, paul.post(&format!("{path}/assign"), json!({"assigneeId": grace_id}))).await;
    for nobody in [&*linh_id, &*grace_id, NOBODY] {
        let joined = tanvir.put(&format!("{path}/participants/{nobody}"), json!({}));
        refused(422, "PARTICIPANT_NOT_MEMBER", joined).await;
    }
    let nusrat_id = support.account(nusrat).await;
    accepted(200, tanvir.put(&format!("{path}/participants/{nusrat_id}"), json!({}))).await;
    let foreign = json!({"organizationId": support.partner, "requesterId": linh_id});
    refused(422, "PARTICIPANT_NOT_MEMBER", support.opening(grace, &foreign)).await;
    let own = json!({"organizationId": support.partner, "requesterId": nusrat_id});
    let for_a_partner = accepted(201, support.opening(grace, &own)).await;
    assert_eq!(for_a_partner.text("case.organizationId"), support.partner);
    refused(400, "INVALID_REQUEST", support.opening(tanvir, &own)).await;
    refused(400, "INVALID_REQUEST", support.opening(grace, &json!({}))).await;
    refused(403, "PERMISSION_DENIED", support.opening(nusrat, &json!({}))).await;

    // Everything that is wrong is told at once; of ids only that there is no such thing.
    let wrong = json!({"topic": "", "subject": "two\nlines", "description": "", "attachmentIds": ["x"]});
    let told = refused(400, "INVALID_REQUEST", support.opening(tanvir, &wrong)).await;
    let fields: Vec<_> = told.list("violations").iter().map(|it| it["field"].as_str().unwrap()).collect();
    for field in ["topic", "subject", "description"] {
        assert!(fields.contains(&field), "no {field} in {fields:?}");
    }
    refused(400, "INVALID_REQUEST", support.opening(tanvir, &json!({"topic": "nothing"}))).await;
    let unknown = json!({"attachmentIds": [NOBODY]});
    refused(422, "ATTACHMENT_UNKNOWN", support.opening(tanvir, &unknown)).await;
    for id in [NOBODY, "S26-9999999-00", "nothing"] {
        refused(404, "NOT_FOUND", tanvir.get(&format!("/v1/cases/{id}"))).await;
    }
    let nothing = format!("{path}/messages/{NOBODY}/redact");
    refused(404, "NOT_FOUND", paul.post(&nothing, json!({"reason": "Named a patient"}))).await;

    // A form that was set anew is answered anew.
    let form = accepted(200, paul.get("/v1/case-forms/appointments")).await;
    let set = paul.put("/v1/case-forms/appointments", form.at("caseForm.definition").clone());
    accepted(200, set.if_match("\"v1\"")).await;
    let outdated = refused(409, "FORM_OUTDATED", support.opening(tanvir, &json!({}))).await;
    assert_eq!(outdated.at("formVersion").to_string().trim_matches('"'), "2", "{}", outdated.body);
    accepted(201, support.opening(tanvir, &json!({"formVersion": 2}))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_has_so_many_participants_and_watchers_at_most() {
    let platform = TestPlatform::start().await;
    let support = Support::of(&platform).await;
    let case = support.open(&json!({})).await.text("case.caseId").to_owned();
    // The requester is one already. The others are no accounts of anybody: what counts is how many there are.
    let mut tx = platform.database("cases").begin_unkeyed(&Call::system("tests")).await.unwrap();
    let crowd = "insert into case_participant (case_id, account_id, role, organization_id, member_of, added_by, added_at) \
                 select case_id, gen_random_uuid(), 'WATCHER', organization_id, organization_id, 'tests', added_at \
                 from case_participant, generate_series(2, $2) where case_id = $1 and role = 'PARTICIPANT'";
    let (id, most): (uuid::Uuid, i32) = (case.parse().unwrap(), 48);
    let added = sqlx::query(crowd).bind(id).bind(most).execute(&mut *tx).await.unwrap();
    assert_eq!(added.rows_affected(), 47);
    tx.finish().await.unwrap();

    let watch = format!("/v1/cases/{case}/watch");
    refused(409, "TOO_MANY_PARTICIPANTS", support.farhana.put(&watch, json!({}))).await;
    let nusrat = support.account(&support.nusrat).await;
    let joined = support.tanvir.put(&format!("/v1/cases/{case}/participants/{nusrat}"), json!({}));
    refused(409, "TOO_MANY_PARTICIPANTS", joined).await;
    // Who is there already is no one more.
    let tanvir = support.account(&support.tanvir).await;
    let again = support.tanvir.put(&format!("/v1/cases/{case}/participants/{tanvir}"), json!({}));
    accepted(200, again).await;
}
