//! What a payer insures: plans in versions, contracts, and coverages with what the desk sees of them.

use std::{collections::BTreeSet, time::Duration};

use careway_tests::{Answer, Facility, Member, Network, Payer, Rest, TestPlatform, accepted, refused, today};
use chrono::{Days, Months, NaiveDate};
use serde_json::{Value, json};

/// Until the next code may be sent to the same phone.
const COOLDOWN: Duration = Duration::from_secs(61);

#[tokio::test(flavor = "multi_thread")]
async fn a_coverage_keeps_the_version_of_the_plan_it_was_made_with() {
    let platform = TestPlatform::start().await;
    let Network { payer, desk, .. } = Network::of(&platform).await;
    let before = payer.covered_member(&platform).await;
    let path = format!("/v1/plans/{}", payer.plan);

    let read = accepted(200, payer.officer.get(&path)).await;
    assert_eq!((read.at("plan.version"), read.at("plan.latestVersion")), (&json!(1), &json!(1)));
    // What comes back may be sent again, with one thing changed.
    let mut dearer = read.at("plan.definition").clone();
    dearer["benefits"][0]["copayment"] = json!("2500");
    refused(428, "PRECONDITION_REQUIRED", payer.officer.put(&path, dearer.clone())).await;
    let replaced = accepted(200, payer.officer.put(&path, dearer.clone()).if_match(read.etag())).await;
    assert_eq!(replaced.at("plan.version"), 2);
    refused(412, "STALE_VERSION", payer.officer.put(&path, dearer.clone()).if_match(read.etag())).await;
    let mut elsewhere = dearer.clone();
    elsewhere["currency"] = json!("VND");
    elsewhere["code"] = json!("OTHER");
    let fixed = payer.officer.put(&path, elsewhere).if_match(replaced.etag());
    assert_eq!(fields(&refused(400, "INVALID_REQUEST", fixed).await), ["code", "currency"]);
    let first = accepted(200, payer.officer.get(&format!("{path}?version=1"))).await;
    assert_eq!(first.at("plan.definition"), read.at("plan.definition"));
    refused(404, "NOT_FOUND", payer.officer.get(&format!("{path}?version=3"))).await;
    refused(404, "NOT_FOUND", Payer::of(&platform).await.officer.get(&path)).await;
    let again = payer.officer.post("/v1/plans", dearer);
    refused(409, "PLAN_CODE_TAKEN", again).await;

    let after = payer.covered_member(&platform).await;
    for (member, version, copayment) in [(&before, 1, "1000"), (&after, 2, "2500")] {
        let (visit, verified) = verified(&platform, &desk, member).await;
        assert_eq!(verified.at("coverage.planVersion"), version);
        accepted(200, desk.post(&format!("{visit}/admit"), json!({"serviceType": "OUTPATIENT"}))).await;
        let benefits = accepted(200, desk.get(&format!("{visit}/benefits"))).await;
        assert_eq!(benefits.text("statement.benefits.0.patientShare.copayment.amount"), copayment);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_violation_of_a_plan_has_its_path() {
    let platform = TestPlatform::start().await;
    let payer = Payer::of(&platform).await;
    let named = json!([{"language": "en", "text": "Visit"}]);
    let limit = |amount: &str| json!({"period": "POLICY_YEAR", "scope": "MEMBER", "amount": amount});
    let right = json!({
        "code": "SILVER", "names": named, "currency": "RWF",
        "benefits": [{
            "code": "VISIT", "serviceType": "OUTPATIENT", "names": named, "limits": [limit("50000")],
            "ceilings": ["ALL"],
        }],
        "ceilings": [{"code": "ALL", "names": named, "limit": limit("900000")}],
    });
    let mut parts = right.clone();
    parts["benefits"][0]["serviceType"] = json!("MAGIC");
    parts["benefits"][0]["coinsurancePercent"] = json!("110");
    // The franc has no hundredths, and a visit is one member's.
    parts["benefits"][0]["limits"] =
        json!([limit("50000.5"), {"period": "VISIT", "scope": "FAMILY", "count": 2}]);
    parts["ceilings"][0]["limit"]["growth"] = json!({"aboveMembers": 4, "each": "x", "cap": "1"});
    let told = refused(400, "INVALID_REQUEST", payer.officer.post("/v1/plans", parts)).await;
    let expected = [
        "benefits[0].coinsurancePercent",
        "benefits[0].limits[0].amount",
        "benefits[0].limits[1].scope",
        "ceilings[0].limit.growth.each",
    ];
    assert_eq!(fields(&told), expected);

    let mut whole = right.clone();
    whole["ceilings"][0]["code"] = json!("VISIT");
    whole["benefits"][0]["deductible"] = json!("NONE");
    whole["order"] = json!(["COPAYMENT"]);
    let told = refused(400, "INVALID_REQUEST", payer.officer.post("/v1/plans", whole)).await;
    let expected = ["benefits[0].ceilings[0]", "benefits[0].deductible", "ceilings[0].code", "order"];
    assert_eq!(fields(&told), expected);

    let mut negative = right.clone();
    negative["benefits"][0]["copayment"] = json!("-1");
    let told = refused(400, "INVALID_REQUEST", payer.officer.post("/v1/plans", negative)).await;
    assert_eq!(told.text("violations.0.message"), "must not be negative", "and no example that is");

    let mut yen = right.clone();
    (yen["code"], yen["currency"]) = (json!("YEN"), json!("JPY"));
    accepted(201, payer.officer.post("/v1/plans", yen)).await;

    let mut unknown = right.clone();
    unknown["benefits"][0]["copaymnet"] = json!("1000");
    refused(400, "INVALID_REQUEST", payer.officer.post("/v1/plans", unknown)).await;
    accepted(201, payer.officer.post("/v1/plans", right)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn contracts_never_overlap_and_say_what_is_treated_where() {
    let platform = TestPlatform::start().await;
    let (payer, facility) = tokio::join!(Payer::of(&platform), Facility::of(&platform));
    let desk = facility.staff(&platform, &["FRONT_DESK"]).await;
    let member = payer.covered_member(&platform).await;
    let today = today(&platform);
    let contract = |from: NaiveDate, to: Option<NaiveDate>, service_types: &[&str]| {
        let mut contract =
            json!({"facilityId": facility.id, "serviceTypes": service_types, "from": from.to_string()});
        if let Some(to) = to {
            contract["to"] = json!(to.to_string());
        }
        payer.officer.post("/v1/contracts", contract)
    };

    platform.settle().await;
    let first = accepted(201, contract(today - Days::new(30), None, &["OUTPATIENT", "DENTAL"])).await;
    platform.settle().await;
    refused(409, "CONTRACT_OVERLAPS", contract(today + Days::new(30), None, &["INPATIENT"])).await;
    let told = contract(today, Some(today - Days::new(1)), &["MAGIC"]);
    assert_eq!(fields(&refused(400, "INVALID_REQUEST", told).await), ["serviceTypes[0]", "to"]);
    let not_a_facility = json!({"facilityId": payer.id, "serviceTypes": [], "from": today.to_string()});
    let not_a_facility = payer.officer.post("/v1/contracts", not_a_facility);
    let told = refused(400, "INVALID_REQUEST", not_a_facility).await;
    assert_eq!(fields(&told), ["facilityId", "serviceTypes"]);
    let facility = json!({"field": "facilityId", "message": "must be a facility"});
    assert!(told.list("violations").contains(&facility), "{told}");
    let (visit, seen) = verified(&platform, &desk, &member).await;
    assert_eq!(option(&seen, "OUTPATIENT"), (true, String::new()));
    assert_eq!(option(&seen, "INPATIENT"), (false, "SERVICE_NOT_CONTRACTED".to_owned()));
    let treatment = desk.post(&format!("{visit}/admit"), json!({"serviceType": "INPATIENT"}));
    refused(409, "SERVICE_NOT_CONTRACTED", treatment).await;

    // Another begins the day after the first one ends.
    let path = format!("/v1/contracts/{}", first.text("contract.contractId"));
    let end =
        |day: NaiveDate| payer.officer.post(&format!("{path}/end"), json!({"lastDay": day.to_string()}));
    refused(409, "OUTSIDE_PERIOD", end(today - Days::new(32))).await;
    accepted(200, end(today)).await;
    refused(409, "OUTSIDE_PERIOD", end(today + Days::new(1))).await;
    refused(409, "CONTRACT_OVERLAPS", contract(today, None, &["INPATIENT"])).await;
    accepted(201, contract(today + Days::new(1), None, &["INPATIENT"])).await;
    let parties = [&payer.officer, &desk];
    for party in parties {
        let tomorrow = format!("/v1/contracts?on={}", today + Days::new(1));
        let seen = accepted(200, party.get(&tomorrow)).await;
        assert_eq!((seen.list("contracts").len(), seen.text("contracts.0.serviceTypes.0")), (1, "INPATIENT"));
        accepted(200, party.get(&path)).await;
    }
    refused(404, "NOT_FOUND", Payer::of(&platform).await.officer.get(&path)).await;
    refused(
        403,
        "PERMISSION_DENIED",
        desk.post(&format!("{path}/end"), json!({"lastDay": today.to_string()})),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspension_holds_for_its_days_and_the_desk_sees_why() {
    let platform = TestPlatform::start().await;
    let Network { payer, desk, .. } = Network::of(&platform).await;
    let member = payer.member().await;
    let today = today(&platform);
    let coverage = payer.cover(&member, today - Months::new(2), today + Months::new(10)).await;
    let path = format!("/v1/coverages/{coverage}");
    let suspend = |from: NaiveDate| {
        payer.officer.post(&format!("{path}/suspend"), json!({"reason": "UNPAID", "from": from.to_string()}))
    };
    let resume = |on: NaiveDate| payer.officer.post(&format!("{path}/resume"), json!({"on": on.to_string()}));

    // Verified before, so admitted after: what was verified is kept as it was.
    let (visit, _) = verified(&platform, &desk, &member).await;
    refused(409, "COVERAGE_NOT_SUSPENDED", resume(today)).await;
    refused(409, "OUTSIDE_PERIOD", suspend(today - Months::new(3))).await;
    let suspended = accepted(200, suspend(today)).await;
    assert_eq!(
        (suspended.text("coverage.status"), suspended.text("coverage.suspensionReason")),
        ("SUSPENDED", "UNPAID")
    );
    refused(409, "COVERAGE_NOT_ACTIVE", suspend(today)).await;
    accepted(200, desk.post(&format!("{visit}/admit"), json!({"serviceType": "OUTPATIENT"}))).await;

    platform.advance(COOLDOWN);
    let (visit, seen) = verified(&platform, &desk, &member).await;
    assert_eq!((seen.at("coverage.inForce"), seen.text("coverage.reason")), (&json!(false), "SUSPENDED"));
    assert!(seen.list("serviceTypes").iter().all(|it| it["reason"] == "SUSPENDED"));
    refused(409, "SUSPENDED", desk.post(&format!("{visit}/admit"), json!({"serviceType": "OUTPATIENT"})))
        .await;
    // The day before, the cover was in force, and it still is for that day.
    platform.advance(COOLDOWN);
    let yesterday = json!({"memberNumber": member.number, "serviceDate": (today - Days::new(1)).to_string()});
    let (_, seen) = verify(&platform, &desk, &member, yesterday).await;
    assert_eq!(seen.at("coverage.inForce"), true);

    refused(409, "BEFORE_SUSPENSION", resume(today - Days::new(1))).await;
    assert_eq!(accepted(200, resume(today)).await.text("coverage.status"), "ACTIVE");
    platform.advance(Duration::from_secs(601));
    let (_, seen) = verified(&platform, &desk, &member).await;
    assert_eq!(seen.at("coverage.inForce"), true, "as if it had never been");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_card_takes_over_and_an_ended_cover_ends() {
    let platform = TestPlatform::start().await;
    let Network { payer, desk, .. } = Network::of(&platform).await;
    let member = payer.member().await;
    let today = today(&platform);
    let (since, until) = (today - Months::new(12), today + Months::new(12));
    let older = payer.cover(&member, since, until).await;
    let renew = |change: Value| {
        let (from, to) = (today.to_string(), until.to_string());
        let mut coverage =
            json!({"memberNumber": member.number, "planId": payer.plan, "from": from, "to": to});
        coverage.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        payer.officer.post("/v1/coverages", coverage)
    };

    refused(409, "COVERAGE_OVERLAPS", renew(json!({}))).await;
    refused(422, "MEMBER_UNKNOWN", renew(json!({"memberNumber": "UM-NOBODY"}))).await;
    refused(422, "PLAN_UNKNOWN", renew(json!({"planId": uuid::Uuid::now_v7()}))).await;
    let newer = accepted(201, renew(json!({"replaces": older}))).await;
    assert_eq!(newer.text("coverage.memberSince"), since.to_string(), "waiting goes on");
    let read = accepted(200, payer.officer.get(&format!("/v1/coverages/{older}"))).await;
    let yesterday = (today - Days::new(1)).to_string();
    assert_eq!((read.text("coverage.status"), read.text("coverage.to")), ("REPLACED", &*yesterday));
    assert_eq!(read.at("coverage.replacedBy"), newer.at("coverage.coverageId"));
    let (_, seen) = verified(&platform, &desk, &member).await;
    assert_eq!(seen.at("coverage.coverageId"), newer.at("coverage.coverageId"));

    let id = newer.text("coverage.coverageId");
    let end = |coverage: &str, day: NaiveDate| {
        let body = json!({"reason": "LEFT_GROUP", "lastDay": day.to_string()});
        payer.officer.post(&format!("/v1/coverages/{coverage}/terminate"), body)
    };
    refused(409, "OUTSIDE_PERIOD", end(id, until + Days::new(1))).await;
    let ended = accepted(200, end(id, today)).await;
    let told = ["status", "to", "terminationReason"].map(|field| ended.at("coverage")[field].clone());
    assert_eq!(told, [json!("TERMINATED"), json!(today.to_string()), json!("LEFT_GROUP")]);
    for coverage in [id, &older] {
        refused(409, "COVERAGE_ENDED", end(coverage, today - Days::new(2))).await;
    }
    // Covered to the end of the day, and not on the next.
    platform.advance(COOLDOWN);
    let (_, seen) = verified(&platform, &desk, &member).await;
    assert_eq!(seen.at("coverage.inForce"), true);
    platform.advance(Duration::from_secs(24 * 3600));
    let (_, seen) = verified(&platform, &desk, &member).await;
    assert_eq!(seen.text("coverage.reason"), "TERMINATED");
}

/// Starts a visit today and enters the code; its path, and what the desk sees.
async fn verified(platform: &TestPlatform, desk: &Rest, member: &Member) -> (String, Answer) {
    verify(platform, desk, member, json!({"memberNumber": member.number})).await
}

async fn verify(platform: &TestPlatform, desk: &Rest, member: &Member, visit: Value) -> (String, Answer) {
    let started = accepted(201, desk.post("/v1/visits", visit)).await;
    let visit = format!("/v1/visits/{}", started.text("visit.visitId"));
    let code = platform.code_for(&member.phone).await;
    let seen = accepted(200, desk.post(&format!("{visit}/verify"), json!({"code": code}))).await;
    (visit, seen)
}

fn option(seen: &Answer, service_type: &str) -> (bool, String) {
    let options = seen.list("serviceTypes");
    let option = options.iter().find(|option| option["serviceType"] == service_type).unwrap();
    (option["allowed"] == true, option["reason"].as_str().unwrap_or_default().to_owned())
}

/// The fields of a refusal, sorted.
fn fields(refusal: &Answer) -> Vec<String> {
    let field = |violation: &Value| violation["field"].as_str().unwrap_or_default().to_owned();
    refusal.list("violations").iter().map(field).collect::<BTreeSet<_>>().into_iter().collect()
}
