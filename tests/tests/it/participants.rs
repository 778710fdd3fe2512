//! Participants through REST: an agency finds its people, corrects how they are reached, and reports what only the authority
//! may change.

use careway_tests::{Agency, Answer, Rest, Scheme, TestPlatform, accepted, refused};
use serde_json::{Value, json};

use crate::notices::last_mail;

const HOA: &str = "7936491863";

/// A scheme with Hoà, a neighbour of hers, and somebody of the second agency.
async fn scheme(platform: &TestPlatform) -> Scheme {
    let scheme = Scheme::of(platform).await;
    let [first, second] = [0, 1].map(|at| scheme.agencies[at].code.clone());
    let rows = [
        Scheme::person(HOA, "Trần Thị Hoà", "HGD-0201", "0900491863", "2027-03-31", &first),
        Scheme::person("7936491864", "Nguyễn Văn Ánh", "HGD-0202", "", "2027-04-30", &first),
        Scheme::person("7936491865", "Đặng Thị An", "HGD-0203", "", "2027-05-31", &second),
    ];
    assert_eq!(*scheme.participants(&rows).await.at("import.created"), 3);
    scheme
}

async fn found(by: &Rest, query: &str) -> Vec<String> {
    let listed = accepted(200, by.get(&format!("/v1/participants?{query}"))).await;
    let numbers = listed.list("participants").iter().map(|it| it["bhxhNumber"].as_str().unwrap().to_owned());
    let numbers: Vec<_> = numbers.collect();
    assert_eq!(*listed.at("total"), numbers.len(), "{query}");
    numbers
}

async fn path_of(by: &Rest, number: &str) -> String {
    let listed = accepted(200, by.get(&format!("/v1/participants?q={number}"))).await;
    format!("/v1/participants/{}", listed.text("participants.0.participantId"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agency_finds_its_people_and_the_authority_all_of_them() {
    let platform = TestPlatform::start().await;
    let scheme = scheme(&platform).await;
    let [first, second] = &scheme.agencies;
    assert_eq!(found(&first.agent, "").await, [HOA, "7936491864"]);
    assert_eq!(found(&second.agent, "").await, ["7936491865"]);
    assert_eq!(found(&scheme.officer, "order=GIVEN_NAME").await, ["7936491865", "7936491864", HOA]);
    for query in ["q=hoa%20tran", "q=0900%20491%20863", "household=HGD-0201", "lastDayTo=2027-03-31"] {
        assert_eq!(found(&first.agent, query).await, [HOA], "{query}");
    }
    assert_eq!(found(&first.agent, "contact=NONE").await, ["7936491864"]);
    let of_second = format!("agencyId={}", second.id);
    assert_eq!(found(&scheme.officer, &of_second).await, ["7936491865"]);
    assert!(found(&first.agent, &of_second).await.is_empty());
    refused(400, "INVALID_REQUEST", first.agent.get("/v1/participants?order=BIRTH&lastDayFrom=soon")).await;

    let read = accepted(200, first.agent.get(&path_of(&first.agent, HOA).await)).await;
    assert_eq!(read.text("participant.fullName"), "Trần Thị Hoà");
    assert_eq!(read.at("participant.cardPeriods.0.to"), "2027-03-31");
    assert_eq!(read.etag(), "\"v1\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_changes_contacts_result_and_note_and_no_field_of_the_authority_whatever_it_is_called() {
    let platform = TestPlatform::start().await;
    let scheme = scheme(&platform).await;
    let Agency { agent, administrator, .. } = &scheme.agencies[0];
    let hoa = path_of(agent, HOA).await;
    let change = |body: Value, etag: &str| agent.patch(&hoa, body).if_match(etag);

    for (body, field) in [
        (json!({"fullName": "Trần Thị Hòa"}), "fullName"),
        (json!({"mobile": "0912345678", "birth": "1951"}), "birth"),
        (json!({"household": null}), "household"),
        (json!({"shoeSize": {"eu": 38}}), "shoeSize"),
    ] {
        let answer = refused(403, "AUTHORITY_FIELD", change(body, "\"v1\"")).await;
        assert_eq!(answer.text("field"), field);
    }
    refused(428, "PRECONDITION_REQUIRED", agent.patch(&hoa, json!({"note": "x"}))).await;
    refused(412, "STALE_VERSION", change(json!({"note": "x"}), "\"v7\"")).await;
    refused(400, "INVALID_REQUEST", change(json!({}), "\"v1\"")).await;
    let wrong = json!({"mobile": "028 3812 3456", "email": "hoa"});
    let wrong = refused(400, "INVALID_REQUEST", change(wrong, "\"v1\"")).await;
    let fields: Vec<_> = wrong.list("violations").iter().map(|it| it["field"].clone()).collect();
    assert_eq!(fields, ["mobile", "email"]);
    refused(403, "PERMISSION_DENIED", scheme.officer.patch(&hoa, json!({"note": "x"})).if_match("\"v1\""))
        .await;

    let body = json!({"mobile": "0912 345 678", "result": "PROMISED", "note": "Ring after six"});
    let changed = accepted(200, change(body, "\"v1\"")).await;
    assert_eq!((changed.text("participant.mobile"), changed.etag()), ("+84912345678", "\"v2\""));
    let cleared = accepted(200, change(json!({"note": null}), "\"v2\"")).await;
    assert!(cleared.at("participant.note").is_null());

    let changes = accepted(200, administrator.get(&format!("{hoa}/contact-changes"))).await;
    let shown: Vec<_> =
        changes.list("changes").iter().map(|it| (it["field"].clone(), it["before"].clone())).collect();
    assert_eq!(shown.len(), 4);
    assert!(shown.contains(&(json!("mobile"), json!("+84900491863"))));
    assert_eq!(found(&scheme.officer, "contact=DIFFERS").await, [HOA]);
    let messages = accepted(200, agent.get(&format!("{hoa}/messages"))).await;
    assert!(messages.list("messages").is_empty());
}

/// One-time codes go to the member's phone: an agent who could change that could check patients in.
#[tokio::test(flavor = "multi_thread")]
async fn a_contact_that_an_agent_changes_never_reaches_the_member() {
    let platform = TestPlatform::start().await;
    let scheme = scheme(&platform).await;
    let member = scheme.member(HOA, "2027-03-31").await;
    platform.settle().await;
    let agent = &scheme.agencies[0].agent;
    let hoa = path_of(agent, HOA).await;
    assert!(accepted(200, agent.get(&hoa)).await.at("participant.memberId").is_null());
    let by_authority = accepted(200, scheme.officer.get(&hoa)).await;
    assert_eq!(by_authority.text("participant.memberId"), member.id);

    let read_member = async || {
        let path = format!("/v1/members/{}", member.id);
        let read: Answer = accepted(200, scheme.authority.officer.get(&path)).await;
        (
            read.at("member").clone(),
            accepted(200, scheme.authority.officer.get(&format!("{path}/contact-changes"))).await.body,
        )
    };
    let before = read_member().await;
    let contacts = json!({"phone": "028 3812 3456", "mobile": "0912 345 678", "email": "thief@example.com"});
    accepted(200, agent.patch(&hoa, contacts).if_match("\"v1\"")).await;
    platform.settle().await;
    assert_eq!(read_member().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_the_authority_changes_is_reported_answered_and_told_by_mail() {
    let platform = TestPlatform::start().await;
    let scheme = scheme(&platform).await;
    let (agent, officer) = (&scheme.agencies[0].agent, &scheme.officer);
    let hoa = path_of(agent, HOA).await;
    let issues = format!("{hoa}/data-issues");
    let wrong = refused(400, "INVALID_REQUEST", agent.post(&issues, json!({"note": " "}))).await;
    let fields: Vec<_> = wrong.list("violations").iter().map(|it| it["field"].clone()).collect();
    assert_eq!(fields, ["field", "note"]);
    let body = json!({"field": "BIRTH", "note": "Her citizen card says 20/07/1951"});
    refused(400, "IDEMPOTENCY_KEY_REQUIRED", agent.post(&issues, body.clone()).without_key()).await;
    refused(403, "PERMISSION_DENIED", officer.post(&issues, body.clone())).await;
    let reported = accepted(201, agent.post(&issues, body.clone())).await;
    let issue = reported.header("location").unwrap().to_owned();
    assert_eq!(reported.text("dataIssue.state"), "OPEN");
    platform.settle().await;
    let (subject, mail) = last_mail(&platform, officer).await;
    let code = &scheme.agencies[0].code;
    assert_eq!(subject, format!("Đại lý {code} báo sai sót trong dữ liệu người tham gia"));
    assert!(!mail.contains(HOA) && !mail.contains("1951"), "{mail}");

    let second = &scheme.agencies[1].agent;
    refused(404, "NOT_FOUND", second.post(&issues, body)).await;
    refused(404, "NOT_FOUND", second.get(&issue)).await;
    let listed = accepted(200, officer.get("/v1/data-issues?state=OPEN")).await;
    assert_eq!(listed.list("dataIssues").len(), 1);
    let resolve = format!("{issue}/resolve");
    refused(403, "PERMISSION_DENIED", agent.post(&resolve, json!({"outcome": "CORRECTED"}))).await;
    refused(400, "INVALID_REQUEST", officer.post(&resolve, json!({}))).await;
    let answer = json!({"outcome": "CORRECTED", "answer": "With the next list"});
    accepted(200, officer.post(&resolve, answer.clone())).await;
    refused(409, "ISSUE_RESOLVED", officer.post(&resolve, answer)).await;
    let read = accepted(200, agent.get(&issue)).await;
    assert_eq!(
        [read.text("dataIssue.state"), read.text("dataIssue.answer")],
        ["CORRECTED", "With the next list"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agency_hands_over_and_has_nothing_from_then_on() {
    let platform = TestPlatform::start().await;
    let scheme = scheme(&platform).await;
    let [first, second] = &scheme.agencies;
    let hoa = path_of(&first.agent, HOA).await;
    let body = json!({"field": "BIRTH", "note": "1951"});
    let issue = accepted(201, first.agent.post(&format!("{hoa}/data-issues"), body)).await;
    let issue = issue.header("location").unwrap().to_owned();

    let administrator = &scheme.authority.administrator;
    let path = format!("/v1/agencies/{}/hand-over", first.id);
    refused(403, "PERMISSION_DENIED", scheme.officer.post(&path, json!({"successorId": second.id}))).await;
    refused(403, "PERMISSION_DENIED", first.administrator.post(&path, json!({"successorId": second.id})))
        .await;
    refused(400, "INVALID_REQUEST", administrator.post(&path, json!({"successorId": "x"}))).await;
    refused(422, "AGENCY_UNKNOWN", administrator.post(&path, json!({"successorId": scheme.authority.id})))
        .await;
    let done = accepted(200, administrator.post(&path, json!({"successorId": second.id}))).await;
    assert_eq!((done.at("participants"), done.text("agency.state")), (&json!(2), "HANDED_OVER"));
    refused(409, "AGENCY_HANDED_OVER", administrator.post(&path, json!({"successorId": second.id}))).await;

    for path in [&hoa, &format!("{hoa}/contact-changes"), &format!("{hoa}/messages"), &issue] {
        refused(404, "NOT_FOUND", first.agent.get(path)).await;
        accepted(200, second.agent.get(path)).await;
    }
    refused(404, "NOT_FOUND", first.agent.patch(&hoa, json!({"note": "x"})).if_match("\"v2\"")).await;
    accepted(200, second.agent.patch(&hoa, json!({"note": "x"})).if_match("\"v2\"")).await;
    assert!(found(&first.agent, "").await.is_empty());
    assert_eq!(found(&second.agent, "").await.len(), 3);
    let own = accepted(200, first.agent.get("/v1/agencies")).await;
    assert_eq!(own.text("agencies.0.state"), "HANDED_OVER");
    assert!(own.at("agencies.0.successorId").is_null());

    refused(422, "AGENCY_UNKNOWN", administrator.post("/v1/agencies", json!({"code": "NOBODY"}))).await;
    refused(409, "AGENCY_APPOINTED", administrator.post("/v1/agencies", json!({"code": second.code}))).await;
    accepted(201, administrator.post("/v1/agencies", json!({"code": first.code}))).await;
}
