//! Servers that go away and come back: nothing acknowledged is lost, nothing is done twice.

use std::{collections::BTreeSet, time::Duration};

use careway_service::Call;
use careway_testing::{FaultProxy, TestServers};
use careway_tests::{CODES_FOR_A_LOAD, Load, Network, Setup, TestPlatform, accepted, until};
use futures::{StreamExt, stream};
use serde_json::json;

const VISITS: usize = 1000;
/// Patients of a load in the midst of which a server goes away.
const PATIENTS: usize = 30;

#[tokio::test(flavor = "multi_thread")]
async fn nats_away_for_a_thousand_visits_costs_none_of_their_events() {
    let (proxy, nats) = FaultProxy::before(&TestServers::from_env().nats).await;
    let settings = [&CODES_FOR_A_LOAD[..], &[("CAREWAY_NATS_URL", &nats)]].concat();
    let platform = TestPlatform::with(&settings).await;
    let network = Network::of(&platform).await;
    let member = network.payer.covered_member(&platform).await;
    platform.settle().await;

    proxy.cut();
    let started: Vec<String> = stream::iter(0..VISITS)
        .map(|number| {
            let desk = network.desk.clone();
            async move {
                let start = desk.post("/v1/visits", json!({"memberNumber": format!("UM-8{number:05}")}));
                accepted(201, start).await.text("visit.visitId").to_owned()
            }
        })
        .buffer_unordered(8)
        .collect()
        .await;
    // One goes all the way: its SMS waits for NATS as well.
    let visit = accepted(201, network.desk.post("/v1/visits", json!({"memberNumber": member.number}))).await;
    let visit = format!("/v1/visits/{}", visit.text("visit.visitId"));
    let code = platform.code_for(&member.phone).await;
    accepted(200, network.desk.post(&format!("{visit}/verify"), json!({"code": code}))).await;
    accepted(200, network.desk.post(&format!("{visit}/admit"), json!({"serviceType": "OUTPATIENT"}))).await;
    proxy.restore();
    platform.settle().await;

    let mut reader = platform.database("visits").read(&Call::system("tests")).await.unwrap();
    let said: Vec<String> = sqlx::query_scalar(
        "select aggregate_id::text from outbox where type = 'careway.visits.v1.VisitStarted' and stream_seq is not null",
    )
    .fetch_all(&mut *reader)
    .await
    .unwrap();
    let distinct: BTreeSet<&String> = said.iter().collect();
    assert_eq!((said.len(), distinct.len()), (VISITS + 1, VISITS + 1), "each start is said once");
    assert!(started.iter().all(|visit| distinct.contains(visit)), "no acknowledged visit is missing");

    let places: Vec<i64> =
        sqlx::query_scalar("select stream_seq from outbox").fetch_all(&mut *reader).await.unwrap();
    assert_eq!(
        places.len(),
        places.iter().collect::<BTreeSet<_>>().len(),
        "no two events share a place in the stream"
    );
    let notices = platform.messages_to(&member.phone).await;
    assert_eq!(notices.len(), 2, "the code and one notice of the admission");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_a_check_in_is_refused_and_never_allowed() {
    let (proxy, redis) = FaultProxy::before(&TestServers::from_env().redis).await;
    let platform = TestPlatform::with(&[("CAREWAY_REDIS_URL", &redis)]).await;
    let network = Network::of(&platform).await;
    let member = network.payer.covered_member(&platform).await;
    let visit = accepted(201, network.desk.post("/v1/visits", json!({"memberNumber": member.number}))).await;
    let verify = format!("/v1/visits/{}/verify", visit.text("visit.visitId"));
    let code = platform.code_for(&member.phone).await;

    proxy.cut();
    let away = network.desk.post(&verify, json!({"code": code})).await.unwrap();
    assert_eq!((away.status.as_u16(), away.reason()), (503, "CACHE_UNAVAILABLE"), "{away}");
    // What does not need Redis goes on.
    accepted(200, network.desk.get("/v1/visits")).await;
    proxy.restore();
    loop {
        // Under one key: what was done although its answer was lost is answered again.
        let back =
            network.desk.post(&verify, json!({"code": code})).key("a-check-in-that-goes-on").await.unwrap();
        if back.status.as_u16() != 503 {
            assert_eq!(back.status.as_u16(), 200, "{back}");
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_gone_and_back_under_load_costs_nothing_that_was_acknowledged() {
    let (proxy, redis) = FaultProxy::before(&TestServers::from_env().redis).await;
    let settings = [&CODES_FOR_A_LOAD[..], &[("CAREWAY_REDIS_URL", &redis)]].concat();
    let platform = TestPlatform::with(&settings).await;
    let network = Network::of(&platform).await;
    let load = Load::of(&platform, &network, PATIENTS).await;

    let outage = async {
        load.acknowledged(PATIENTS / 2).await;
        proxy.cut();
        // Admissions need no Redis; nobody's visit starts without it.
        load.unanswered_more_than(load.unanswered()).await;
        proxy.restore();
    };
    load.run_through(outage).await;
    load.compare(&platform).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_gone_and_back_under_load_costs_nothing_that_was_acknowledged() {
    let (proxy, _) = FaultProxy::before(&TestServers::from_env().postgres).await;
    let platform =
        TestPlatform::of(Setup { settings: &CODES_FOR_A_LOAD, postgres: Some(&proxy), ..Setup::default() })
            .await;
    let network = Network::of(&platform).await;
    let load = Load::of(&platform, &network, PATIENTS).await;

    let outages = async {
        for outage in 1..=3 {
            load.acknowledged(outage * PATIENTS / 3).await;
            // In the middle of statements, and of commits whose answer is lost with them.
            proxy.cut();
            let unready = platform.rest().get("/readyz");
            assert_eq!(unready.await.unwrap().status.as_u16(), 503, "whoever sends requests is told");
            load.unanswered_more_than(load.unanswered()).await;
            proxy.restore();
        }
    };
    load.run_through(outages).await;
    // What renewals took as Postgres went away is in doubt after this long.
    platform.advance(Duration::from_secs(301));
    load.compare(&platform).await;
    // A connection that died shows when it is used: ready is who has used each.
    let ready = until("the platform to be ready again", async || {
        Ok((platform.rest().get("/readyz").await?.status.as_u16() == 200).then_some(()))
    });
    ready.await.unwrap();
}
