//! A patient with cards of several payers: whoever covers today is taken, and nobody is turned away for an older card.

use careway_tests::{Network, Payer, TestPlatform, accepted, refused, today};
use chrono::Months;
use serde_json::json;

on_every_layout! {
    the_payer_that_covers_today_is_taken,
}

async fn the_payer_that_covers_today_is_taken(platform: &TestPlatform) {
    let Network { payer: former, facility, desk } = Network::of(platform).await;
    let present = Payer::of(platform).await;
    present.contract(platform, &facility).await;
    platform.settle().await;
    let today = today(platform);
    let member = former.member().await;
    former.cover(&member, today - Months::new(18), today - Months::new(6)).await;

    // The same person with the other payer, who happens to have given the same number, and knows another phone.
    let phone = "+250788999501";
    let card = json!({
        "memberNumber": member.number, "givenNames": "Aline", "familyName": "Uwase", "birthDate": "1990-04-12",
        "sex": "FEMALE", "nationalIds": [{"number": member.national_id}], "mobile": phone, "language": "en",
    });
    accepted(201, present.officer.post("/v1/members", card)).await;

    // None of them covers: the older card's payer can say why, and both were asked.
    let visit = accepted(201, desk.post("/v1/visits", json!({"nationalId": member.national_id}))).await;
    let code = platform.code_for(&member.phone).await;
    let path = format!("/v1/visits/{}", visit.text("visit.visitId"));
    let verified = accepted(200, desk.post(&format!("{path}/verify"), json!({"code": code}))).await;
    assert_eq!(verified.text("coverage.reason"), "LAPSED");
    let said: Vec<_> =
        verified.list("coverage.askedPayers").iter().map(|it| (&it["payerId"], &it["reason"])).collect();
    assert_eq!(said, [(&json!(former.id), &json!("LAPSED")), (&json!(present.id), &json!("UNKNOWN_CARD"))]);
    assert_eq!(*accepted(200, desk.get(&path)).await.at("coverage"), *verified.at("coverage"), "as it was");

    let cover = json!({
        "memberNumber": member.number, "planId": present.plan, "from": today.to_string(),
        "to": (today + Months::new(12)).to_string(),
    });
    accepted(201, present.officer.post("/v1/coverages", cover)).await;
    let visit = accepted(201, desk.post("/v1/visits", json!({"memberNumber": member.number}))).await;
    let code = platform.code_for(phone).await;
    let path = format!("/v1/visits/{}", visit.text("visit.visitId"));
    let verified = accepted(200, desk.post(&format!("{path}/verify"), json!({"code": code}))).await;
    assert_eq!(
        (verified.text("visit.payerId"), verified.at("coverage.inForce")),
        (&*present.id, &json!(true))
    );
    assert_eq!(verified.at("coverage.askedPayers"), &json!([]), "nobody is named who did not cover");
    accepted(200, desk.post(&format!("{path}/admit"), json!({"serviceType": "OUTPATIENT"}))).await;

    // Covered by both, somebody must say which one it is to be.
    let twice = former.covered_member(platform).await;
    let card = json!({
        "memberNumber": twice.number, "givenNames": "Aline", "familyName": "Uwase", "birthDate": "1990-04-12",
        "sex": "FEMALE", "nationalIds": [{"number": twice.national_id}], "mobile": "+250788999502", "language": "en",
    });
    accepted(201, present.officer.post("/v1/members", card)).await;
    present.cover(&twice, today, today + Months::new(12)).await;
    let named = json!({"nationalId": twice.national_id});
    let several = refused(409, "SEVERAL_PAYERS", desk.post("/v1/visits", named)).await;
    assert_eq!(several.text("payerIds"), format!("{}, {}", former.id, present.id));
    let named = json!({"nationalId": twice.national_id, "payerId": present.id});
    accepted(201, desk.post("/v1/visits", named)).await;
    platform.code_for("+250788999502").await;
}
