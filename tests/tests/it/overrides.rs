//! Visits off the straight path: without a code, out of time, an inpatient's notice, cancelled.

use std::time::Duration;

use careway_contract::visits::v1::AdmissionNoticeDue;
use careway_events::Stream;
use careway_tests::{Answer, Member, Network, Payer, Request, Rest, TestPlatform, accepted, refused, until};
use chrono::{DateTime, TimeDelta, Utc};
use prost::Message;
use serde_json::{Value, json};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_without_a_code_takes_two_persons_and_the_payers_review() {
    let platform = TestPlatform::start().await;
    let Network { payer, facility, desk } = Network::of(&platform).await;
    let member = payer.covered_member(&platform).await;
    let one = facility.staff(&platform, &["SUPERVISOR"]).await;
    let other = facility.staff(&platform, &["SUPERVISOR"]).await;
    let visit = start(&desk, &member).await;

    refused(409, "OVERRIDE_NOT_REQUESTED", approve(&one, &visit)).await;
    let told = one.post(&format!("{visit}/override"), json!({"note": ""}));
    let told = refused(400, "INVALID_REQUEST", told).await;
    let fields: Vec<_> = told.list("violations").iter().map(|it| it["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["reason", "note"]);
    let asked = accepted(200, request(&one, &visit)).await;
    assert_eq!(
        (asked.text("override.note"), asked.at("override.numberThatDay")),
        ("Left the phone at home", &json!(1))
    );
    assert!(asked.at("member").is_null() && !asked.body.to_string().contains("Uwase"));
    refused(409, "OVERRIDE_ALREADY_REQUESTED", request(&desk, &visit)).await;
    // Who asked does not vouch, and the front desk alone never does.
    refused(403, "SECOND_PERSON_REQUIRED", approve(&one, &visit)).await;
    let denied = refused(403, "PERMISSION_DENIED", approve(&desk, &visit)).await;
    assert_eq!(denied.text("permission"), "visits.override.approve");
    refused(409, "OVERRIDE_NOT_APPROVED", review(&payer.officer, &visit, "ACCEPTED")).await;

    let approved = accepted(200, approve(&other, &visit)).await;
    assert_eq!((approved.text("visit.state"), approved.at("visit.overridden")), ("VERIFIED", &json!(true)));
    assert_eq!(
        (approved.text("member.memberNumber"), approved.text("override.approvedFor")),
        (&*member.number, "FACILITY")
    );
    let admitted = accepted(200, admit(&desk, &visit, "OUTPATIENT")).await;
    assert_eq!(admitted.at("visit.overridden"), true, "flagged for ever");

    // The payer finds it among what it must review, and says its word once.
    let pending = pending(&payer.officer).await;
    assert_eq!(pending.len(), 1);
    assert!(visit.ends_with(pending[0]["visitId"].as_str().unwrap()));
    assert_eq!((&pending[0]["facilityId"], &pending[0]["reason"]), (&json!(facility.id), &json!("NO_PHONE")));
    refused(403, "PERMISSION_DENIED", review(&other, &visit, "ACCEPTED")).await;
    refused(404, "NOT_FOUND", review(&Payer::of(&platform).await.officer, &visit, "ACCEPTED")).await;
    let reviewed = accepted(200, review(&payer.officer, &visit, "REJECTED")).await;
    assert_eq!(
        (reviewed.text("override.review"), reviewed.text("override.reviewNote")),
        ("REJECTED", "Call first")
    );
    refused(409, "OVERRIDE_ALREADY_REVIEWED", review(&payer.officer, &visit, "ACCEPTED")).await;
    let rejected = accepted(200, desk.get("/v1/visit-overrides?review=REJECTED")).await;
    assert_eq!(rejected.list("overrides").len(), 1, "the facility reads the review");
    assert!(self::pending(&payer.officer).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_payer_may_vouch_for_its_own_member_and_for_nobody_elses() {
    let platform = TestPlatform::start().await;
    let Network { payer, facility, desk } = Network::of(&platform).await;
    let member = payer.covered_member(&platform).await;
    let visit = start(&desk, &member).await;
    refused(404, "NOT_FOUND", payer.officer.get(&visit)).await;
    accepted(200, request(&desk, &visit)).await;
    let before = accepted(200, payer.officer.get(&visit)).await;
    assert!(before.at("member").is_null());
    refused(404, "NOT_FOUND", approve(&Payer::of(&platform).await.officer, &visit)).await;
    let approved = accepted(200, approve(&payer.officer, &visit)).await;
    assert_eq!(approved.text("override.approvedFor"), "PAYER");

    // Only who vouches learns that nobody is known by what was entered.
    let nobody = json!({"memberNumber": "UM-NOBODY"});
    let started = accepted(201, desk.post("/v1/visits", nobody)).await;
    let visit = format!("/v1/visits/{}", started.text("visit.visitId"));
    accepted(200, request(&desk, &visit)).await;
    let supervisor = facility.staff(&platform, &["SUPERVISOR"]).await;
    refused(409, "MEMBER_UNKNOWN", approve(&supervisor, &visit)).await;
    assert_eq!(state(&desk, &visit).await, "AWAITING_CODE");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_facility_asks_for_so_many_overrides_a_day_and_no_more() {
    let platform = TestPlatform::with(&[("CAREWAY_VISITS_OVERRIDES_PER_DAY", "2")]).await;
    let Network { payer, desk, .. } = Network::of(&platform).await;
    let mut visits = Vec::new();
    for _ in 0..3 {
        visits.push(start(&desk, &payer.covered_member(&platform).await).await);
    }
    accepted(200, request(&desk, &visits[0])).await;
    let second = accepted(200, request(&desk, &visits[1])).await;
    assert_eq!(second.at("override.numberThatDay"), 2);
    refused(409, "OVERRIDE_CAP_REACHED", request(&desk, &visits[2])).await;

    platform.advance(24 * HOUR);
    let tomorrow = start(&desk, &payer.covered_member(&platform).await).await;
    let first = accepted(200, request(&desk, &tomorrow)).await;
    assert_eq!(first.at("override.numberThatDay"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_verifies_or_admits_in_time_ends_by_itself() {
    let platform = TestPlatform::start().await;
    let Network { payer, desk, .. } = Network::of(&platform).await;
    let members = [payer.covered_member(&platform).await, payer.covered_member(&platform).await];
    let asked = payer.covered_member(&platform).await;
    let forgotten = start(&desk, &members[0]).await;
    let unadmitted = verified(&platform, &desk, &members[1]).await;
    let asked = start(&desk, &asked).await;
    accepted(200, request(&desk, &asked)).await;

    platform.advance(2 * HOUR);
    expired(&desk, &forgotten).await;
    refused(409, "WRONG_STATE", request(&desk, &forgotten)).await;
    assert_eq!(state(&desk, &asked).await, "AWAITING_CODE", "it waits for the second person");
    assert_eq!(state(&desk, &unadmitted).await, "VERIFIED");
    platform.advance(22 * HOUR);
    expired(&desk, &asked).await;
    expired(&desk, &unadmitted).await;
    refused(409, "WRONG_STATE", admit(&desk, &unadmitted, "OUTPATIENT")).await;
    let read = accepted(200, desk.get(&unadmitted)).await;
    assert!(read.at("member").is_null(), "the patient's data are not shown any more");
    let listed = accepted(200, desk.get("/v1/visits?state=EXPIRED")).await;
    assert_eq!(listed.list("visits").len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_payer_is_told_of_an_inpatient_and_the_facility_warned_before_it_is_late() {
    let platform = TestPlatform::start().await;
    let Network { payer, desk, .. } = Network::of(&platform).await;
    let members = [payer.covered_member(&platform).await, payer.covered_member(&platform).await];
    let outpatient = verified(&platform, &desk, &members[0]).await;
    let admitted = accepted(200, admit(&desk, &outpatient, "OUTPATIENT")).await;
    assert!(admitted.at("visit.admissionNoticeDueAt").is_null());
    refused(409, "NOTICE_NOT_REQUIRED", notify(&desk, &outpatient)).await;

    // A day unless the payer says otherwise; what it says holds from then on.
    let rules = accepted(200, payer.officer.get("/v1/visit-rules")).await;
    assert_eq!(rules.at("rules.admissionNoticeHours"), 24);
    let inpatient = verified(&platform, &desk, &members[1]).await;
    let admitted = accepted(200, admit(&desk, &inpatient, "INPATIENT")).await;
    assert_eq!(due_after(&admitted), TimeDelta::hours(24));
    refused(403, "PERMISSION_DENIED", desk.put("/v1/visit-rules", json!({"admissionNoticeHours": 1}))).await;
    let none =
        payer.officer.put("/v1/visit-rules", json!({"admissionNoticeHours": 0})).if_match(rules.etag());
    refused(400, "INVALID_REQUEST", none).await;
    let eight = || payer.officer.put("/v1/visit-rules", json!({"admissionNoticeHours": 8}));
    refused(428, "PRECONDITION_REQUIRED", eight()).await;
    accepted(200, eight().if_match(rules.etag())).await;
    refused(412, "STALE_VERSION", eight().if_match(rules.etag())).await;
    let member = payer.covered_member(&platform).await;
    let sooner = verified(&platform, &desk, &member).await;
    let admitted = accepted(200, admit(&desk, &sooner, "INPATIENT")).await;
    assert_eq!(due_after(&admitted), TimeDelta::hours(8));

    // After three quarters of the time the facility is warned, once; those who gave notice are left alone.
    let notified = accepted(200, notify(&desk, &sooner)).await;
    assert!(!notified.text("visit.admissionNotifiedAt").is_empty());
    refused(409, "NOTICE_ALREADY_GIVEN", notify(&desk, &sooner)).await;
    platform.advance(18 * HOUR);
    let warned = warnings(&platform, 1).await;
    assert!(inpatient.ends_with(&warned[0].visit_id) && warned[0].payer_id == payer.id);
    let late = accepted(200, notify(&desk, &inpatient)).await;
    assert!(!late.text("visit.admissionNotifiedAt").is_empty());
    platform.settle().await;
    assert_eq!(warnings(&platform, 1).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_visit_goes_nowhere() {
    let platform = TestPlatform::start().await;
    let Network { payer, facility, desk } = Network::of(&platform).await;
    let member = payer.covered_member(&platform).await;
    let clinician = facility.staff(&platform, &["CLINICIAN"]).await;
    let cancel =
        |by: &Rest, visit: &str, reason: &str| by.post(&format!("{visit}/cancel"), json!({"reason": reason}));

    let awaiting = start(&desk, &member).await;
    let code = platform.code_for(&member.phone).await;
    refused(400, "INVALID_REQUEST", cancel(&desk, &awaiting, " ")).await;
    refused(403, "PERMISSION_DENIED", cancel(&clinician, &awaiting, "Left")).await;
    let cancelled = accepted(200, cancel(&desk, &awaiting, "Wrong patient")).await;
    assert_eq!(
        (cancelled.text("visit.state"), cancelled.text("visit.cancelReason")),
        ("CANCELLED", "Wrong patient")
    );
    let verify = desk.post(&format!("{awaiting}/verify"), json!({"code": code}));
    refused(409, "WRONG_STATE", verify).await;
    refused(409, "WRONG_STATE", cancel(&desk, &awaiting, "Again")).await;

    platform.advance(Duration::from_secs(61));
    let admitted = verified(&platform, &desk, &member).await;
    accepted(200, admit(&desk, &admitted, "OUTPATIENT")).await;
    accepted(200, cancel(&desk, &admitted, "Left before treatment")).await;
    let read = accepted(200, desk.get(&admitted)).await;
    assert!(read.at("member").is_null(), "a visit that never was shows nobody");
    refused(409, "WRONG_STATE", desk.post(&format!("{admitted}/discharge"), json!({}))).await;

    // The cancelled one is in nobody's way, and who left cannot be made not to have come.
    platform.advance(Duration::from_secs(61));
    let next = verified(&platform, &desk, &member).await;
    accepted(200, admit(&desk, &next, "OUTPATIENT")).await;
    accepted(200, desk.post(&format!("{next}/discharge"), json!({}))).await;
    refused(409, "WRONG_STATE", cancel(&desk, &next, "Too late")).await;
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
    accepted(200, desk.post(&format!("{visit}/verify"), json!({"code": code}))).await;
    visit
}

fn request(by: &Rest, visit: &str) -> Request {
    by.post(&format!("{visit}/override"), json!({"reason": "NO_PHONE", "note": "Left the phone at home"}))
}

fn approve(by: &Rest, visit: &str) -> Request {
    by.post(&format!("{visit}/override/approve"), json!({}))
}

fn review(by: &Rest, visit: &str, outcome: &str) -> Request {
    by.post(&format!("{visit}/override/review"), json!({"outcome": outcome, "note": "Call first"}))
}

fn admit(desk: &Rest, visit: &str, service_type: &str) -> Request {
    desk.post(&format!("{visit}/admit"), json!({"serviceType": service_type}))
}

fn notify(desk: &Rest, visit: &str) -> Request {
    desk.post(&format!("{visit}/notify-admission"), json!({}))
}

/// The overrides a payer has still to review.
async fn pending(officer: &Rest) -> Vec<Value> {
    let listed = accepted(200, officer.get("/v1/visit-overrides?review=PENDING")).await;
    listed.list("overrides").to_vec()
}

async fn state(desk: &Rest, visit: &str) -> String {
    accepted(200, desk.get(visit)).await.text("visit.state").to_owned()
}

/// Waits for the timer, which looks once a second.
async fn expired(desk: &Rest, visit: &str) {
    let expired =
        until("a visit to expire", async || Ok((state(desk, visit).await == "EXPIRED").then_some(())));
    expired.await.unwrap();
}

/// How long after the admission the payer wants to know.
fn due_after(admitted: &Answer) -> TimeDelta {
    let at = |field: &str| admitted.text(field).parse::<DateTime<Utc>>().unwrap();
    at("visit.admissionNoticeDueAt") - at("visit.admittedAt")
}

/// The warnings that were published, once there are so many.
async fn warnings(platform: &TestPlatform, count: usize) -> Vec<AdmissionNoticeDue> {
    let foundation = platform.in_process().foundation();
    let stream = Stream::new(&foundation.prefix, "visits");
    let subject = stream.subject("AdmissionNoticeDue");
    let jetstream = async_nats::jetstream::new(foundation.nats.clone());
    let stream = jetstream.get_stream(stream.name()).await.unwrap();
    let found = until("a warning of an admission notice", async || {
        let mut found = Vec::new();
        let mut from = 1;
        while let Ok(message) = stream.get_first_raw_message_by_subject(subject.as_str(), from).await {
            from = message.sequence + 1;
            found.push(AdmissionNoticeDue::decode(message.payload)?);
        }
        Ok((found.len() >= count).then_some(found))
    });
    found.await.unwrap()
}
