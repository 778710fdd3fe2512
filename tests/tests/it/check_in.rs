//! A patient's visit to a facility, from the desk to the discharge, as the source tells it.

use std::time::Duration;

use careway_tests::{Network, TestPlatform, accepted, today};
use serde_json::json;

on_every_layout! {
    a_patient_is_checked_in_and_discharged,
    a_patient_is_found_by_the_national_id_too,
    a_member_who_was_not_there_disputes_and_the_payer_settles_it,
    a_member_learns_from_the_payer_who_saw_their_data,
}

async fn a_patient_is_checked_in_and_discharged(platform: &TestPlatform) {
    let Network { payer, facility, desk } = Network::of(platform).await;
    let member = payer.covered_member(platform).await;

    // The desk names the patient; a code goes to the patient's phone, and nothing of the patient is told.
    let started = accepted(201, desk.post("/v1/visits", json!({"memberNumber": member.number}))).await;
    let visit = format!("/v1/visits/{}", started.text("visit.visitId"));
    assert_eq!(started.header("location"), Some(visit.as_str()));
    assert_eq!(started.text("visit.state"), "AWAITING_CODE");
    assert_eq!(started.text("visit.serviceDate"), today(platform).to_string());
    let last_two = &member.phone[member.phone.len() - 2..];
    assert!(started.text("visit.maskedDestination").ends_with(last_two));
    assert!(!started.body.to_string().contains(&member.phone) && started.at("member").is_null());

    // The patient reads the code, which says where it is for; the desk enters it and sees who is there.
    let code = platform.code_for(&member.phone).await;
    let sms = platform.messages_to(&member.phone).await;
    assert!(sms.len() == 1 && sms[0].text.contains(&facility.name), "one SMS that names the facility");
    let verified = accepted(200, desk.post(&format!("{visit}/verify"), json!({"code": code}))).await;
    assert_eq!(verified.text("visit.state"), "VERIFIED");
    assert_eq!((verified.text("member.givenNames"), verified.text("member.familyName")), ("Aline", "Uwase"));
    assert_eq!(
        (verified.text("member.memberNumber"), verified.text("member.memberId")),
        (&*member.number, &*member.id)
    );
    assert_eq!(verified.at("coverage.inForce"), true);
    let offered = |service_type: &str| {
        let options = verified.list("serviceTypes");
        let option = options.iter().find(|option| option["serviceType"] == service_type).unwrap();
        (option["allowed"] == true, option["reason"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(offered("OUTPATIENT"), (true, String::new()));
    assert_eq!(offered("DENTAL"), (false, "WAITING_PERIOD".to_owned()));
    assert_eq!(offered("OPTICAL"), (false, "SERVICE_NOT_COVERED".to_owned()));

    // The service is picked: the patient is admitted, the visit has its number, and the patient is told.
    let wish = json!({"serviceType": "OUTPATIENT", "practitioner": "Dr. Mugisha"});
    let admitted = accepted(200, desk.post(&format!("{visit}/admit"), wish)).await;
    assert_eq!(
        (admitted.text("visit.state"), admitted.text("visit.serviceType")),
        ("ADMITTED", "OUTPATIENT")
    );
    let number = admitted.text("visit.visitNumber").to_owned();
    assert!(number.starts_with('V'), "{number}");
    let sms = platform.messages_to(&member.phone).await;
    assert!(sms.len() == 2 && sms[1].text.contains(&number), "a second SMS that names the visit");

    // The benefits: limits, what the patient pays, and special conditions, in the reader's language.
    let benefits = accepted(200, desk.get(&format!("{visit}/benefits?language=rw"))).await;
    assert_eq!(benefits.at("statement.inForce"), true);
    assert_eq!(benefits.list("statement.benefits").len(), 1, "only those of the service type");
    let of = |field: &str| benefits.at(&format!("statement.benefits.0.{field}"));
    assert_eq!(of("code"), "CONSULTATION");
    assert_eq!(of("covered"), true);
    assert_eq!(*of("limits.0.left.amount"), json!({"currency": "RWF", "amount": "300000"}));
    assert_eq!(*of("patientShare.copayment"), json!({"currency": "RWF", "amount": "1000"}));
    assert_eq!(of("patientShare.coinsurancePercent"), "10");
    assert_eq!(*of("conditions"), json!(["Zana urwandiko rwa muganga"]));
    assert_eq!(benefits.text("statement.ceilings.0.code"), "ANNUAL");

    // The patient leaves; for the paperwork the facility still sees who it was.
    let discharged = accepted(200, desk.post(&format!("{visit}/discharge"), json!({}))).await;
    assert_eq!(discharged.text("visit.state"), "DISCHARGED");
    let read = accepted(200, desk.get(&visit)).await;
    assert_eq!(read.text("member.familyName"), "Uwase");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_paperwork_may_be_done_for_a_while_and_no_longer() {
    let platform = TestPlatform::start().await;
    let Network { payer, desk, .. } = Network::of(&platform).await;
    let member = payer.covered_member(&platform).await;
    let visit = check_in(&platform, &desk, &member.number, &member.phone).await;
    accepted(200, desk.post(&format!("{visit}/discharge"), json!({}))).await;
    platform.advance(Duration::from_secs(71 * 3600));
    assert_eq!(accepted(200, desk.get(&visit)).await.text("member.familyName"), "Uwase");
    platform.advance(Duration::from_secs(2 * 3600));
    let read = accepted(200, desk.get(&visit)).await;
    assert!(read.at("member").is_null(), "the grace is over");
}

async fn a_patient_is_found_by_the_national_id_too(platform: &TestPlatform) {
    let Network { payer, desk, .. } = Network::of(platform).await;
    let member = payer.covered_member(platform).await;

    let (first, rest) = member.national_id.split_at(5);
    let started =
        accepted(201, desk.post("/v1/visits", json!({"nationalId": format!("{first} {rest}")}))).await;
    let visit = format!("/v1/visits/{}", started.text("visit.visitId"));
    let code = platform.code_for(&member.phone).await;
    let verified = accepted(200, desk.post(&format!("{visit}/verify"), json!({"code": code}))).await;
    assert_eq!(verified.text("member.memberNumber"), member.number);
}

async fn a_member_who_was_not_there_disputes_and_the_payer_settles_it(platform: &TestPlatform) {
    let Network { payer, facility, desk } = Network::of(platform).await;
    let member = payer.covered_member(platform).await;
    let visit = check_in(platform, &desk, &member.number, &member.phone).await;

    let sms = platform.messages_to(&member.phone).await;
    let token = sms.last().and_then(|sms| sms.token()).expect("a link to dispute the visit");
    let disputed = accepted(200, platform.rest().post("/v1/visit-disputes", json!({"token": token}))).await;
    assert_eq!(disputed.text("facilityName"), facility.name);
    let again = accepted(200, platform.rest().post("/v1/visit-disputes", json!({"token": token}))).await;
    assert_eq!(again.body, disputed.body, "answered alike however often");
    assert_eq!(accepted(200, desk.get(&visit)).await.at("visit.disputed"), true);

    let settled = json!({"outcome": "DISMISSED"});
    let settled = accepted(200, payer.officer.post(&format!("{visit}/dispute/resolve"), settled)).await;
    assert_ne!(*settled.at("visit.disputed"), true);
}

async fn a_member_learns_from_the_payer_who_saw_their_data(platform: &TestPlatform) {
    let Network { payer, facility, desk } = Network::of(platform).await;
    let member = payer.covered_member(platform).await;
    let visit = check_in(platform, &desk, &member.number, &member.phone).await;
    accepted(200, desk.get(&format!("{visit}/benefits"))).await;
    platform.settle().await;

    let log = accepted(200, payer.officer.get(&format!("/v1/members/{}/access-log", member.id))).await;
    for action in ["visit.verify", "visit.admit", "benefits.read"] {
        let seen = log.list("accesses").iter().find(|access| access["action"] == action);
        let seen = seen.unwrap_or_else(|| panic!("{action} is not in the member's access log"));
        assert_eq!(
            (&seen["organizationId"], &seen["organizationName"]),
            (&json!(facility.id), &json!(facility.name))
        );
        assert!(visit.ends_with(seen["visitId"].as_str().unwrap()));
    }
}

/// From the desk to the admission; the visit's path.
pub(crate) async fn check_in(
    platform: &TestPlatform,
    desk: &careway_tests::Rest,
    number: &str,
    phone: &str,
) -> String {
    let started = accepted(201, desk.post("/v1/visits", json!({"memberNumber": number}))).await;
    let visit = format!("/v1/visits/{}", started.text("visit.visitId"));
    let code = platform.code_for(phone).await;
    accepted(200, desk.post(&format!("{visit}/verify"), json!({"code": code}))).await;
    accepted(200, desk.post(&format!("{visit}/admit"), json!({"serviceType": "OUTPATIENT"}))).await;
    visit
}
