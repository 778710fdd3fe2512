//! A card is renewed: the authority sees it at once, and the cover goes on.

use std::time::{Duration, Instant};

use careway_tests::{Events, Scheme, TestPlatform, accepted, refused};
use serde_json::{Value, json};

/// How long an authority waits at most until it sees a renewal, on a machine that may be busy.
const AT_ONCE: Duration = Duration::from_secs(10);
const HOA: &str = "7936491863";
/// Twelve months of the first payer of a household.
const FIRST: &str = "1263600";

/// A card that ends in a fortnight, by the platform's clock.
fn soon(platform: &TestPlatform) -> String {
    (Scheme::today(platform) + chrono::Days::new(14)).to_string()
}

fn paid(platform: &TestPlatform, renewals: &[&str], amount: &str, receipt: &str) -> Value {
    json!({
        "renewalIds": renewals, "months": 12, "paidOn": Scheme::today(platform).to_string(),
        "amount": {"currency": "VND", "amount": amount}, "receiptNumber": receipt,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_is_renewed_seen_at_once_and_the_cover_goes_on_until_it_is_taken_back() {
    let platform = TestPlatform::start().await;
    let scheme = Scheme::of(&platform).await;
    let (agency, last_day) = (&scheme.agencies[0], soon(&platform));
    scheme.due(HOA, "Trần Thị Hoà", "HGD-0201", &last_day).await;
    let member = scheme.member(HOA, &last_day).await;
    platform.settle().await;

    let renewal = scheme.renewal(HOA).await;
    assert_eq!(
        (&renewal["state"], &renewal["daysLeft"], &renewal["fullName"]),
        (&json!("DUE"), &json!(14), &json!("Trần Thị Hoà"))
    );
    let id = renewal["renewalId"].as_str().unwrap();
    let quote =
        accepted(200, agency.agent.get(&format!("/v1/renewals/quote?renewalIds={id}&months=12"))).await;
    assert_eq!(quote.text("total.amount"), FIRST);

    let mut watch = Events::open(&scheme.officer, "/v1/renewals/watch", None).await.unwrap();
    let renewed =
        accepted(200, agency.agent.post("/v1/renewals/renew", paid(&platform, &[id], FIRST, "BL-1"))).await;
    assert_eq!(renewed.text("renewals.0.state"), "RENEWED");
    let answered = Instant::now();
    let first = watch.next().await.unwrap();
    assert!(answered.elapsed() < AT_ONCE, "seen after {:?}", answered.elapsed());
    assert_eq!((&first.data["change"], &first.data["renewal"]["renewalId"]), (&json!("RENEWED"), &json!(id)));
    let second = watch.next().await.unwrap();
    assert_eq!(second.data["change"], "COVERED");
    drop(watch);

    // Gone from the list at once, and the cover goes on without a gap under the same plan.
    let listed = accepted(200, agency.agent.get("/v1/renewals")).await;
    assert_eq!((listed.list("renewals").len(), listed.at("total")), (0, &json!(0)));
    let read = accepted(200, agency.agent.get(&format!("/v1/renewals/{id}"))).await;
    assert_eq!(read.text("renewal.contribution.cover"), "COVERED");
    let coverage = format!("/v1/coverages/{}", read.text("renewal.contribution.coverageId"));
    let extended = accepted(200, scheme.authority.officer.get(&coverage)).await;
    assert_eq!(extended.text("coverage.memberId"), member.id);
    assert_eq!(extended.text("coverage.planId"), scheme.authority.plan);
    for day in ["from", "to"] {
        assert_eq!(extended.at(&format!("coverage.{day}")), read.at(&format!("renewal.contribution.{day}")));
    }

    refused(
        409,
        "RENEWED_ALREADY",
        agency.agent.post("/v1/renewals/renew", paid(&platform, &[id], FIRST, "BL-2")),
    )
    .await;
    refused(
        403,
        "PERMISSION_DENIED",
        agency.agent.post(&format!("/v1/renewals/{id}/undo"), json!({"reason": "x"})),
    )
    .await;
    let undone = accepted(
        200,
        scheme.officer.post(&format!("/v1/renewals/{id}/undo"), json!({"reason": "Paid twice"})),
    )
    .await;
    assert_eq!(undone.text("renewal.state"), "DUE");
    platform.settle().await;
    let ended = accepted(200, scheme.authority.officer.get(&coverage)).await;
    assert_eq!(ended.text("coverage.status"), "TERMINATED");
    assert!(ended.text("coverage.to") < ended.text("coverage.from"), "it never was in force");

    // Whoever was away misses nothing.
    let mut back = Events::open(&scheme.officer, "/v1/renewals/watch", Some(&first.id)).await.unwrap();
    assert_eq!(back.next().await.unwrap().id, second.id);
    assert_eq!(back.next().await.unwrap().data["change"], "UNDONE");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_without_a_member_is_covered_once_the_member_is_there_and_one_without_a_plan_is_not() {
    let platform = TestPlatform::start().await;
    let scheme = Scheme::of(&platform).await;
    let (agency, last_day) = (&scheme.agencies[0], soon(&platform));
    scheme.due(HOA, "Trần Thị Hoà", "", &last_day).await;
    let id = scheme.renewal(HOA).await["renewalId"].as_str().unwrap().to_owned();
    accepted(200, agency.agent.post("/v1/renewals/renew", paid(&platform, &[&id], FIRST, "BL-1"))).await;
    platform.settle().await;
    let told = async || {
        let read = accepted(200, agency.agent.get(&format!("/v1/renewals/{id}"))).await;
        (
            read.text("renewal.contribution.cover").to_owned(),
            read.text("renewal.contribution.coverReason").to_owned(),
        )
    };
    let not_covered = |reason: &str| ("NOT_COVERED".to_owned(), reason.to_owned());
    assert_eq!(told().await, not_covered("NO_MEMBER"));
    scheme.authority.numbered(HOA).await;
    platform.settle().await;
    assert_eq!(told().await, not_covered("NO_PLAN"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_used_cover_ends_tomorrow_when_its_renewal_is_taken_back() {
    let platform = TestPlatform::start().await;
    let scheme = Scheme::of(&platform).await;
    let (agency, today) = (&scheme.agencies[0], Scheme::today(&platform));
    let yesterday = (today - chrono::Days::new(1)).to_string();
    scheme.due(HOA, "Trần Thị Hoà", "", &yesterday).await;
    let member = scheme.member(HOA, &yesterday).await;
    let facility = careway_tests::Facility::vietnamese(&platform).await;
    scheme.authority.contract(&platform, &facility).await;
    let desk = facility.staff(&platform, &["FRONT_DESK"]).await;
    platform.settle().await;
    let id = scheme.renewal(HOA).await["renewalId"].as_str().unwrap().to_owned();
    accepted(200, agency.agent.post("/v1/renewals/renew", paid(&platform, &[&id], FIRST, "BL-1"))).await;
    platform.settle().await;
    careway_tests::check_in(&platform, &desk, &member).await;
    accepted(200, scheme.officer.post(&format!("/v1/renewals/{id}/undo"), json!({"reason": "Paid twice"})))
        .await;
    platform.settle().await;
    let covers =
        accepted(200, scheme.authority.officer.get(&format!("/v1/coverages?memberNumber={HOA}"))).await;
    let ended = &covers.list("coverages")[0];
    assert_eq!(
        (&ended["status"], &ended["from"], &ended["to"]),
        (&json!("TERMINATED"), &json!(today.to_string()), &json!(today.to_string()))
    );
}
