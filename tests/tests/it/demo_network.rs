//! The demo network that `cargo dev up` makes: it is what it says, and making it again changes nothing.

use std::time::{Duration, Instant};

use careway_standalone::seed;
use careway_tests::{World, accepted};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_network_is_made_once_and_its_first_member_can_be_checked_in() {
    let world = World::start().await;
    let make = async || {
        seed::demo(world.rest().base(), &world.operator_credentials(), world.folder()).await.unwrap()
    };
    let demo = make().await;
    world.settle().await;

    let desk = demo.login("FRONT_DESK").unwrap();
    let desk = world.rest().sign_in(&desk.credentials()).await.unwrap();
    let member = &demo.members[0];
    let started = accepted(201, desk.post("/v1/visits", json!({"nationalId": member.national_id}))).await;
    let visit = format!("/v1/visits/{}", started.text("visit.visitId"));
    let code = world.code_for(&member.phone).await;
    let verified = accepted(200, desk.post(&format!("{visit}/verify"), json!({"code": code}))).await;
    assert_eq!(verified.text("member.memberNumber"), member.member_number);
    assert_eq!(verified.text("member.payerName"), member.payer);
    accepted(200, desk.post(&format!("{visit}/admit"), json!({"serviceType": "OUTPATIENT"}))).await;

    for login in &demo.logins {
        let session = world.rest().token(&login.credentials()).await.unwrap().ok().unwrap();
        assert_eq!(session.text("organization.name"), login.organization);
        assert_eq!(session.at("roles"), &json!([login.role]));
    }

    let organizations = accepted(200, world.operator().await.get("/v1/organizations")).await;
    let since = Instant::now();
    let again = make().await;
    assert!(since.elapsed() < Duration::from_secs(1), "what is there is not made again");
    assert_eq!(serde_json::to_value(&again).unwrap(), serde_json::to_value(&demo).unwrap());
    let after = accepted(200, world.operator().await.get("/v1/organizations")).await;
    assert_eq!(after.body, organizations.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_network_that_was_interrupted_is_completed() {
    let world = World::start().await;
    let credentials = world.operator_credentials();
    let make = || seed::demo(world.rest().base(), &credentials, world.folder());
    // Somewhere in the middle.
    let cut = tokio::time::timeout(Duration::from_millis(700), make()).await;
    assert!(cut.is_err(), "it takes longer than that");
    let demo = make().await.unwrap();
    let officer = world.rest().sign_in(&demo.login("BENEFITS_OFFICER").unwrap().credentials()).await.unwrap();
    assert_eq!(accepted(200, officer.get("/v1/plans")).await.list("plans").len(), 2);
    assert_eq!(accepted(200, officer.get("/v1/contracts")).await.list("contracts").len(), 3);
}
