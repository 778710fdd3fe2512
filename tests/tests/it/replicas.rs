//! Two processes of each service and of the gateway: nothing that is asked while one after the other is replaced is answered
//! by a failure.

use std::{
    env,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use careway_tests::{CODES_FOR_A_LOAD, Layout, Network, Scheme, Setup, TestPlatform, accepted};
use serde_json::json;
use tokio::{
    sync::Semaphore,
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

use crate::check_in::check_in;

/// How many requests are under way at most.
const AT_ONCE: usize = 16;

/// `CAREWAY_TEST_ROUNDS` and `CAREWAY_TEST_RATE` say how often each is replaced, and how many requests a second come meanwhile.
fn told(variable: &str, otherwise: u64) -> u64 {
    env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_process_is_replaced_under_load_and_no_request_fails() {
    let rates = [("CAREWAY_GATEWAY_CALLER_RATE", "10000"), ("CAREWAY_STOP_GRACE_SECONDS", "1")];
    let settings = [&CODES_FOR_A_LOAD[..], &rates].concat();
    let setup = Setup { layout: Layout::TwoOfEach, settings: &settings, ..Setup::default() };
    let platform = TestPlatform::of(setup).await;
    let network = Network::of(&platform).await;
    let member = network.payer.covered_member(&platform).await;
    let visit = check_in(&platform, &network.desk, &member.number, &member.phone).await;
    let clerk = network.facility.staff(&platform, &["CLAIMS_CLERK"]).await;
    let scheme = Scheme::of(&platform).await;

    // Something of every service. The gateway itself repeats reads and what has a key, but no lint of a claim.
    let (desk, benefits) = (&network.desk, format!("{visit}/benefits"));
    let lint = json!({
        "visitId": visit.trim_start_matches("/v1/visits/"),
        "lines": [{"code": "CONS-GP", "diagnoses": ["J06.9"]}],
    });
    let ask = |turn: usize| match turn % 7 {
        0 => desk.get("/v1/me"),
        1 => desk.get(&benefits),
        2 => desk.get("/v1/case-forms"),
        3 => desk.get("/v1/event-types"),
        4 => scheme.officer.get("/v1/renewals"),
        5 => clerk.post("/v1/claims/lint", lint.clone()),
        _ => desk.post("/v1/visits", json!({"memberNumber": format!("UM-8{turn:05}")})),
    };
    let over = Arc::new(AtomicBool::new(false));
    let (asked, failed) = (AtomicUsize::new(0), Arc::new(Mutex::new(Vec::new())));
    let load = async {
        let mut ticks =
            interval(Duration::from_secs(1) / u32::try_from(told("CAREWAY_TEST_RATE", 50)).unwrap());
        // What a machine that stood still has missed is not asked all at once, and no more than this at a time.
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let places = Arc::new(Semaphore::new(AT_ONCE));
        let mut under_way = JoinSet::new();
        while !over.load(Ordering::Relaxed) {
            ticks.tick().await;
            let place = places.clone().acquire_owned().await.unwrap();
            let (request, failed) = (ask(asked.fetch_add(1, Ordering::Relaxed)), failed.clone());
            under_way.spawn(async move {
                let _place = place;
                match request.await {
                    Ok(answer) if answer.status.is_success() => {}
                    Ok(answer) => failed.lock().unwrap().push(answer.to_string()),
                    Err(error) => failed.lock().unwrap().push(format!("{error:#}")),
                }
            });
            while under_way.try_join_next().is_some() {}
        }
        under_way.join_all().await;
    };
    let replaced = async {
        let processes = platform.processes();
        for _ in 0..told("CAREWAY_TEST_ROUNDS", 1) {
            for name in processes.names() {
                processes.end_one(name).await;
                processes.restart(name).await;
            }
        }
        over.store(true, Ordering::Relaxed);
    };
    tokio::join!(load, replaced);
    let failed = failed.lock().unwrap().clone();
    let asked = asked.load(Ordering::Relaxed);
    assert!(failed.is_empty(), "{} of {asked} failed, first {}", failed.len(), failed[0]);
    assert!(asked > 100, "{asked}");

    // The processes that are new do all the work.
    let member = network.payer.covered_member(&platform).await;
    let again = check_in(&platform, &network.desk, &member.number, &member.phone).await;
    accepted(200, network.desk.get(&again)).await;
    platform.end().await;
}
