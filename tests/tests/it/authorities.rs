//! An authority that insures people by a scheme of its own: to facilities and members it is a payer like any other.

use careway_tests::{Facility, Payer, TestPlatform, accepted};
use serde_json::{Value, json};

use crate::check_in::check_in;

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_insures_treats_through_facilities_and_settles_what_comes_of_it() {
    let platform = TestPlatform::start().await;
    let (authority, facility) = tokio::join!(Payer::authority(&platform), Facility::of(&platform));
    let (desk, ()) =
        tokio::join!(facility.staff(&platform, &["FRONT_DESK"]), authority.contract(&platform, &facility));
    platform.settle().await;
    let officer = &authority.officer;
    let (member, forgetful) =
        tokio::join!(authority.covered_member(&platform), authority.covered_member(&platform));

    let visit = check_in(&platform, &desk, &member.number, &member.phone).await;
    let read = accepted(200, desk.get(&visit)).await;
    assert_eq!(read.text("member.payerName"), "Ubwishingizi Authority");
    let benefits = accepted(200, desk.get(&format!("{visit}/benefits"))).await;
    assert_eq!(benefits.text("statement.benefits.0.code"), "CONSULTATION");
    assert_eq!(accepted(200, officer.get(&visit)).await.text("visit.state"), "ADMITTED");

    // What members say, and what a facility could not wait for, comes to the authority.
    let sms = platform.messages_to(&member.phone).await;
    let token = sms.last().and_then(|sms| sms.token()).expect("a link to dispute the visit");
    accepted(200, platform.rest().post("/v1/visit-disputes", json!({"token": token}))).await;
    let settled = officer.post(&format!("{visit}/dispute/resolve"), json!({"outcome": "DISMISSED"}));
    accepted(200, settled).await;

    let started = accepted(201, desk.post("/v1/visits", json!({"memberNumber": forgetful.number}))).await;
    let visit = format!("/v1/visits/{}/override", started.text("visit.visitId"));
    accepted(200, desk.post(&visit, json!({"reason": "NO_PHONE", "note": "Left it at home"}))).await;
    let approved = accepted(200, officer.post(&format!("{visit}/approve"), json!({}))).await;
    assert_eq!(approved.text("override.approvedFor"), "PAYER");
    let review = json!({"outcome": "ACCEPTED", "note": "Known at the office"});
    accepted(200, officer.post(&format!("{visit}/review"), review)).await;

    let defaults = accepted(200, officer.get("/v1/visit-rules")).await;
    let longer = officer.put("/v1/visit-rules", json!({"admissionNoticeHours": 48}));
    let rules = accepted(200, longer.if_match(defaults.etag())).await;
    assert_eq!(rules.at("rules.admissionNoticeHours"), 48);
}

#[tokio::test(flavor = "multi_thread")]
async fn facilities_and_authorities_know_each_other_by_their_public_face() {
    let platform = TestPlatform::start().await;
    let (authority, facility) = tokio::join!(Payer::authority(&platform), Facility::of(&platform));
    let path = |id: &str| format!("/v1/organizations/{id}");
    for (who, id) in [(&authority.officer, &facility.id), (&facility.administrator, &authority.id)] {
        let face = accepted(200, who.get(&path(id))).await;
        let told: Vec<_> = face.at("organization").as_object().unwrap().keys().collect();
        assert_eq!(told, ["codes", "country", "kind", "name", "organizationId"]);
        assert_eq!(face.header("etag"), None);
    }
    let own = accepted(200, authority.officer.get(&path(&authority.id))).await;
    assert_eq!((own.at("organization.version"), own.etag()), (&json!(1), "\"v1\""));
    assert_ne!(*own.at("organization.timeZone"), Value::Null);
}
