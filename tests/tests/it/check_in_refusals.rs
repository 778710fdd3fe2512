//! What can go wrong at the desk: each refusal with its status and its reason.

use std::time::Duration;

use careway_tests::{Facility, Member, Network, Payer, Rest, TestPlatform, accepted, refused, today};
use chrono::{Days, Months};
use serde_json::{Value, json};

// The others wait for time to pass, which only the movable clock of one process does.
on_every_layout! {
    nobody_learns_at_the_desk_who_is_a_member,
    a_lapsed_cover_is_shown_and_admits_nobody,
    every_way_not_to_be_covered_has_its_own_reason,
    a_facility_without_a_contract_finds_nobody,
    a_contract_that_ended_meanwhile_admits_nobody,
    another_organizations_visit_is_not_there,
    only_the_desk_checks_in,
    the_same_key_gets_the_same_answer_and_never_another,
    a_phone_is_changed_only_by_who_read_the_present_one_and_the_next_code_goes_there,
}

/// Longer than a code lives, shorter than a visit.
const A_CODES_LIFE: Duration = Duration::from_secs(301);
/// Until the next code may be sent to the same phone.
const COOLDOWN: Duration = Duration::from_secs(61);

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_is_rejected_and_the_fifth_kills_the_right_one() {
    let platform = TestPlatform::start().await;
    let Network { payer, desk, .. } = Network::of(&platform).await;
    let member = payer.covered_member(&platform).await;
    let visit = start(&desk, &member).await;
    let code = platform.code_for(&member.phone).await;

    for left in (0..5).rev() {
        let wrong = refused(401, "CODE_REJECTED", verify(&desk, &visit, &another(&code))).await;
        assert_eq!(*wrong.at("attemptsLeft"), json!(left));
    }
    refused(401, "CODE_REJECTED", verify(&desk, &visit, &code)).await;
    let malformed = refused(400, "INVALID_REQUEST", verify(&desk, &visit, "12345")).await;
    assert_eq!(malformed.text("violations.0.field"), "code");

    refused(429, "RESEND_TOO_SOON", desk.post(&format!("{visit}/resend-code"), json!({}))).await;
    platform.advance(COOLDOWN);
    accepted(200, desk.post(&format!("{visit}/resend-code"), json!({}))).await;
    let code = platform.code_for(&member.phone).await;
    accepted(200, verify(&desk, &visit, &code)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_code_is_rejected_and_a_new_one_passes() {
    let platform = TestPlatform::start().await;
    let Network { payer, desk, .. } = Network::of(&platform).await;
    let member = payer.covered_member(&platform).await;
    let visit = start(&desk, &member).await;
    let expired = platform.code_for(&member.phone).await;

    platform.advance(A_CODES_LIFE);
    refused(401, "CODE_REJECTED", verify(&desk, &visit, &expired)).await;
    accepted(200, desk.post(&format!("{visit}/resend-code"), json!({}))).await;
    let fresh = platform.code_for(&member.phone).await;
    accepted(200, verify(&desk, &visit, &fresh)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_nobody_verified_in_time_is_over() {
    let platform = TestPlatform::start().await;
    let Network { payer, desk, .. } = Network::of(&platform).await;
    let member = payer.covered_member(&platform).await;
    let visit = start(&desk, &member).await;
    let code = platform.code_for(&member.phone).await;

    platform.advance(Duration::from_secs(3 * 3600));
    let late = verify(&desk, &visit, &code).await.unwrap();
    // The rule or the timer, whichever comes first.
    assert!(late.status == 409 && ["VISIT_EXPIRED", "WRONG_STATE"].contains(&late.reason()), "{late}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_used_code_is_not_good_twice() {
    let platform = TestPlatform::start().await;
    let Network { payer, desk, .. } = Network::of(&platform).await;
    let member = payer.covered_member(&platform).await;
    let visit = start(&desk, &member).await;
    let code = platform.code_for(&member.phone).await;
    accepted(200, verify(&desk, &visit, &code)).await;

    let late = refused(409, "WRONG_STATE", verify(&desk, &visit, &code)).await;
    assert_eq!(late.text("state"), "VERIFIED");
    platform.advance(COOLDOWN);
    let next = start(&desk, &member).await;
    let next_code = platform.code_for(&member.phone).await;
    if next_code != code {
        refused(401, "CODE_REJECTED", verify(&desk, &next, &code)).await;
    }
    accepted(200, verify(&desk, &next, &next_code)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_good_only_where_and_for_whom_it_was_asked() {
    let platform = TestPlatform::start().await;
    let Network { payer, facility, desk } = Network::of(&platform).await;
    let member = payer.covered_member(&platform).await;
    let elsewhere = Facility::of(&platform).await;
    payer.contract(&platform, &elsewhere).await;
    let (other_desk, colleague) =
        tokio::join!(elsewhere.staff(&platform, &["FRONT_DESK"]), facility.staff(&platform, &["FRONT_DESK"]));
    platform.settle().await;

    let visit = start(&desk, &member).await;
    let code = platform.code_for(&member.phone).await;
    refused(401, "CODE_REJECTED", verify(&colleague, &visit, &code)).await;

    platform.advance(COOLDOWN);
    let other_visit = start(&other_desk, &member).await;
    let other_code = platform.code_for(&member.phone).await;
    refused(401, "CODE_REJECTED", verify(&desk, &visit, &other_code)).await;
    refused(404, "NOT_FOUND", verify(&desk, &other_visit, &other_code)).await;
    accepted(200, verify(&other_desk, &other_visit, &other_code)).await;
}

async fn nobody_learns_at_the_desk_who_is_a_member(platform: &TestPlatform) {
    let Network { payer, desk, .. } = Network::of(platform).await;
    let member = payer.covered_member(platform).await;

    let known = accepted(201, desk.post("/v1/visits", json!({"memberNumber": member.number}))).await;
    let unknown = accepted(201, desk.post("/v1/visits", json!({"memberNumber": "UM-999999"}))).await;
    assert_eq!(shape(&known.body), shape(&unknown.body));
    let masked =
        |text: &str| text.chars().map(|it| if it.is_ascii_digit() { '0' } else { it }).collect::<String>();
    assert_eq!(
        masked(known.text("visit.maskedDestination")),
        masked(unknown.text("visit.maskedDestination")),
    );
    let visit = |started: &careway_tests::Answer| format!("/v1/visits/{}", started.text("visit.visitId"));
    let code = platform.code_for(&member.phone).await;
    let wrong = refused(401, "CODE_REJECTED", verify(&desk, &visit(&known), &another(&code))).await;
    let nobodys = refused(401, "CODE_REJECTED", verify(&desk, &visit(&unknown), "042715")).await;
    let told = ["detail", "attemptsLeft"];
    assert_eq!(told.map(|field| wrong.at(field)), told.map(|field| nobodys.at(field)));
}

async fn a_lapsed_cover_is_shown_and_admits_nobody(platform: &TestPlatform) {
    let Network { payer, desk, .. } = Network::of(platform).await;
    let member = payer.member().await;
    let today = today(platform);
    payer.cover(&member, today - Months::new(13), today - Days::new(1)).await;

    let visit = start(&desk, &member).await;
    let code = platform.code_for(&member.phone).await;
    let verified = accepted(200, verify(&desk, &visit, &code)).await;
    assert_ne!(*verified.at("coverage.inForce"), true);
    assert_eq!(verified.text("coverage.reason"), "LAPSED");
    assert!(verified.list("serviceTypes").iter().all(|option| option["reason"] == "LAPSED"));
    refused(409, "LAPSED", admit(&desk, &visit, "OUTPATIENT")).await;
}

async fn every_way_not_to_be_covered_has_its_own_reason(platform: &TestPlatform) {
    let Network { payer, desk, .. } = Network::of(platform).await;
    let today = today(platform);
    let (from, to) = (today - Months::new(2), today + Months::new(10));

    let uncovered = payer.member().await;
    let early = payer.member().await;
    payer.cover(&early, today + Days::new(1), to).await;
    let suspended = payer.member().await;
    let coverage = payer.cover(&suspended, from, to).await;
    let why = json!({"reason": "UNPAID", "from": today.to_string()});
    accepted(200, payer.officer.post(&format!("/v1/coverages/{coverage}/suspend"), why)).await;
    let terminated = payer.member().await;
    let coverage = payer.cover(&terminated, from, to).await;
    let why = json!({"reason": "LEFT_GROUP", "lastDay": (today - Days::new(1)).to_string()});
    accepted(200, payer.officer.post(&format!("/v1/coverages/{coverage}/terminate"), why)).await;

    let reasons = [
        (uncovered, "UNKNOWN_CARD"),
        (early, "NOT_YET_STARTED"),
        (suspended, "SUSPENDED"),
        (terminated, "TERMINATED"),
    ];
    for (member, reason) in reasons {
        let visit = verified(platform, &desk, &member).await;
        refused(409, reason, admit(&desk, &visit, "OUTPATIENT")).await;
    }
    let covered = payer.covered_member(platform).await;
    let visit = verified(platform, &desk, &covered).await;
    refused(409, "WAITING_PERIOD", admit(&desk, &visit, "DENTAL")).await;
    refused(409, "SERVICE_NOT_COVERED", admit(&desk, &visit, "OPTICAL")).await;
    refused(400, "INVALID_REQUEST", admit(&desk, &visit, "ACUPUNCTURE")).await;
}

async fn a_facility_without_a_contract_finds_nobody(platform: &TestPlatform) {
    let Network { payer, .. } = Network::of(platform).await;
    let member = payer.covered_member(platform).await;
    let stranger = Facility::of(platform).await;
    let desk = stranger.staff(platform, &["FRONT_DESK"]).await;
    platform.settle().await;

    let visit = start(&desk, &member).await;
    assert!(platform.messages_to(&member.phone).await.is_empty(), "nobody's patient gets a code");
    refused(401, "CODE_REJECTED", verify(&desk, &visit, "042715")).await;
}

async fn a_contract_that_ended_meanwhile_admits_nobody(platform: &TestPlatform) {
    let Network { payer, desk, .. } = Network::of(platform).await;
    let member = payer.covered_member(platform).await;
    let visit = start(&desk, &member).await;
    let code = platform.code_for(&member.phone).await;

    let contracts = accepted(200, payer.officer.get("/v1/contracts")).await;
    let end = format!("/v1/contracts/{}/end", contracts.text("contracts.0.contractId"));
    let yesterday = (today(platform) - Days::new(1)).to_string();
    accepted(200, payer.officer.post(&end, json!({"lastDay": yesterday}))).await;

    let verified = accepted(200, verify(&desk, &visit, &code)).await;
    assert_eq!(verified.text("coverage.reason"), "FACILITY_NOT_CONTRACTED");
    refused(409, "FACILITY_NOT_CONTRACTED", admit(&desk, &visit, "OUTPATIENT")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_open_visit_is_refused_with_the_first_ones_id() {
    let platform = TestPlatform::start().await;
    let Network { payer, desk, .. } = Network::of(&platform).await;
    let member = payer.covered_member(&platform).await;
    let first = verified(&platform, &desk, &member).await;
    accepted(200, admit(&desk, &first, "OUTPATIENT")).await;

    platform.advance(COOLDOWN);
    let second = verified(&platform, &desk, &member).await;
    let open = refused(409, "VISIT_ALREADY_OPEN", admit(&desk, &second, "OUTPATIENT")).await;
    assert!(first.ends_with(open.text("visitId")) && !open.text("visitId").is_empty(), "it names the first");
    accepted(200, admit(&desk, &second, "INPATIENT")).await;

    accepted(200, desk.post(&format!("{first}/discharge"), json!({}))).await;
    platform.advance(COOLDOWN);
    let third = verified(&platform, &desk, &member).await;
    accepted(200, admit(&desk, &third, "OUTPATIENT")).await;
}

async fn another_organizations_visit_is_not_there(platform: &TestPlatform) {
    let Network { payer, desk, .. } = Network::of(platform).await;
    let member = payer.covered_member(platform).await;
    let visit = verified(platform, &desk, &member).await;
    let (elsewhere, other_payer) = tokio::join!(Facility::of(platform), Payer::of(platform));
    let stranger = elsewhere.staff(platform, &["FRONT_DESK"]).await;
    platform.settle().await;

    let nowhere = format!("/v1/visits/{}", uuid::Uuid::now_v7());
    let hidden = refused(404, "NOT_FOUND", stranger.get(&visit)).await;
    let absent = refused(404, "NOT_FOUND", stranger.get(&nowhere)).await;
    assert_eq!(hidden.text("detail"), absent.text("detail"));
    refused(404, "NOT_FOUND", verify(&stranger, &visit, "042715")).await;
    refused(404, "NOT_FOUND", admit(&stranger, &visit, "OUTPATIENT")).await;
    refused(404, "NOT_FOUND", stranger.get(&format!("{visit}/benefits"))).await;
    refused(404, "NOT_FOUND", stranger.post(&format!("{visit}/cancel"), json!({"reason": "Not ours"}))).await;
    refused(404, "NOT_FOUND", other_payer.officer.get(&visit)).await;
    refused(404, "NOT_FOUND", other_payer.officer.get(&format!("/v1/members/{}", member.id))).await;
    let visits = accepted(200, stranger.get("/v1/visits")).await;
    assert!(visits.list("visits").is_empty());
    accepted(200, payer.officer.get(&visit)).await;
}

async fn only_the_desk_checks_in(platform: &TestPlatform) {
    let Network { payer, facility, desk } = Network::of(platform).await;
    let member = payer.covered_member(platform).await;
    let clinician = facility.staff(platform, &["CLINICIAN"]).await;

    let body = json!({"memberNumber": member.number});
    let denied = refused(403, "PERMISSION_DENIED", clinician.post("/v1/visits", body.clone())).await;
    assert_eq!(denied.text("permission"), "visits.start");
    refused(403, "PERMISSION_DENIED", payer.officer.post("/v1/visits", body.clone())).await;
    refused(401, "TOKEN_REQUIRED", platform.rest().post("/v1/visits", body.clone())).await;
    refused(401, "TOKEN_REJECTED", desk.with_token("not.a.token").post("/v1/visits", body)).await;
    let visit = verified(platform, &desk, &member).await;
    refused(403, "PERMISSION_DENIED", admit(&clinician, &visit, "OUTPATIENT")).await;
    accepted(200, clinician.get(&visit)).await;
}

async fn the_same_key_gets_the_same_answer_and_never_another(platform: &TestPlatform) {
    let Network { payer, desk, .. } = Network::of(platform).await;
    let member = payer.covered_member(platform).await;
    let start =
        |number: &str| desk.post("/v1/visits", json!({"memberNumber": number})).key("desk-1-morning-0001");

    let first = accepted(201, start(&member.number)).await;
    assert_eq!(first.header("idempotency-replayed"), None);
    let again = accepted(201, start(&member.number)).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!((&again.body, again.header("location")), (&first.body, first.header("location")));
    refused(422, "IDEMPOTENCY_KEY_REUSED", start("UM-000000")).await;
    refused(400, "IDEMPOTENCY_KEY_REQUIRED", start(&member.number).without_key()).await;
    assert_eq!(platform.messages_to(&member.phone).await.len(), 1, "one visit, one code");

    // A code is used up by its first use, and yet its request can be repeated.
    let visit = format!("/v1/visits/{}", first.text("visit.visitId"));
    let code = platform.code_for(&member.phone).await;
    let enter = || verify(&desk, &visit, &code).key("desk-1-morning-0002");
    let verified = accepted(200, enter()).await;
    let again = accepted(200, enter()).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.body, verified.body);
}

async fn a_phone_is_changed_only_by_who_read_the_present_one_and_the_next_code_goes_there(
    platform: &TestPlatform,
) {
    let Network { payer, desk, .. } = Network::of(platform).await;
    let member = payer.covered_member(platform).await;
    let path = format!("/v1/members/{}", member.id);
    let change = |mobile: &str| payer.officer.patch(&path, json!({"mobile": mobile}));

    let read = accepted(200, payer.officer.get(&path)).await;
    refused(428, "PRECONDITION_REQUIRED", change("+250788999001")).await;
    let changed = accepted(200, change("+250788999001").if_match(read.etag())).await;
    assert_ne!(changed.etag(), read.etag());
    refused(412, "STALE_VERSION", change("+250788999002").if_match(read.etag())).await;

    let moved = Member { phone: "+250788999001".to_owned(), ..member };
    verified(platform, &desk, &moved).await;
}

/// Starts a visit; its path.
async fn start(desk: &Rest, member: &Member) -> String {
    let started = accepted(201, desk.post("/v1/visits", json!({"memberNumber": member.number}))).await;
    format!("/v1/visits/{}", started.text("visit.visitId"))
}

/// Starts a visit and enters the code; its path.
async fn verified(platform: &TestPlatform, desk: &Rest, member: &Member) -> String {
    let visit = start(desk, member).await;
    let code = platform.code_for(&member.phone).await;
    accepted(200, verify(desk, &visit, &code)).await;
    visit
}

fn verify(desk: &Rest, visit: &str, code: &str) -> careway_tests::Request {
    desk.post(&format!("{visit}/verify"), json!({"code": code}))
}

fn admit(desk: &Rest, visit: &str, service_type: &str) -> careway_tests::Request {
    desk.post(&format!("{visit}/admit"), json!({"serviceType": service_type}))
}

/// A code that is not this one.
fn another(code: &str) -> String {
    let first = if code.starts_with('0') { "1" } else { "0" };
    format!("{first}{}", &code[1..])
}

/// The keys of an answer, without what they hold.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), shape(value))).collect(),
        Value::String(_) => "text".into(),
        other => other.clone(),
    }
}
