//! The same request many times at once: done once, answered alike.

use std::collections::BTreeSet;

use careway_tests::{Network, TestPlatform};
use futures::future::join_all;
use reqwest::StatusCode;
use serde_json::json;

const TWINS: usize = 30;

#[tokio::test(flavor = "multi_thread")]
async fn thirty_twins_start_one_visit_and_get_one_answer() {
    let platform = TestPlatform::start().await;
    let network = Network::of(&platform).await;
    let member = network.payer.covered_member(&platform).await;

    let twins = (0..TWINS).map(|_| async {
        // A twin that meets the running first is told so, and asks again.
        loop {
            let start = network.desk.post("/v1/visits", json!({"memberNumber": member.number}));
            let answer = start.key("thirty-twins-and-one-visit").await.expect("an answer");
            if answer.status != StatusCode::CONFLICT {
                return answer;
            }
            assert_eq!(answer.reason(), "IDEMPOTENCY_KEY_IN_USE");
        }
    });
    let answers = join_all(twins).await;

    for answer in &answers {
        assert_eq!(answer.status, StatusCode::CREATED, "{answer}");
    }
    let bodies: BTreeSet<_> = answers.iter().map(|answer| answer.body.to_string()).collect();
    assert_eq!(bodies.len(), 1, "the twins were answered differently");
    let first = answers.iter().filter(|answer| answer.header("idempotency-replayed").is_none()).count();
    assert_eq!(first, 1, "one does it, the others are told");

    let visits = network.desk.get("/v1/visits").await.unwrap().ok().unwrap();
    assert_eq!(visits.list("visits").len(), 1);
    let codes = platform.messages_to(&member.phone).await;
    assert_eq!(codes.len(), 1, "one code for one visit");
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_twins_verify_once_and_admit_once() {
    let platform = TestPlatform::start().await;
    let network = Network::of(&platform).await;
    let member = network.payer.covered_member(&platform).await;
    let started =
        network.desk.post("/v1/visits", json!({"memberNumber": member.number})).await.unwrap().ok().unwrap();
    let visit = started.text("visit.visitId").to_owned();
    let code = platform.code_for(&member.phone).await;

    for (verb, body) in [("verify", json!({"code": code})), ("admit", json!({"serviceType": "OUTPATIENT"}))] {
        let path = format!("/v1/visits/{visit}/{verb}");
        let answers = join_all((0..TWINS).map(|_| async {
            loop {
                let answer = network
                    .desk
                    .post(&path, body.clone())
                    .key(&format!("the-one-key-to-{verb}"))
                    .await
                    .unwrap();
                if answer.reason() != "IDEMPOTENCY_KEY_IN_USE" {
                    return answer;
                }
            }
        }))
        .await;
        let bodies: BTreeSet<_> =
            answers.iter().map(|answer| (answer.status, answer.body.to_string())).collect();
        assert_eq!(bodies.len(), 1, "{verb}: {bodies:?}");
        assert_eq!(answers[0].status, StatusCode::OK, "{verb}: {}", answers[0].body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_belongs_to_one_request_and_one_caller() {
    let platform = TestPlatform::start().await;
    let network = Network::of(&platform).await;
    let member = network.payer.covered_member(&platform).await;
    let key = "a-key-used-once-and-again";
    let body = json!({"memberNumber": member.number});
    let first = network.desk.post("/v1/visits", body.clone()).key(key).await.unwrap().ok().unwrap();

    let other = network.desk.post("/v1/visits", json!({"memberNumber": "UM-999999"})).key(key).await.unwrap();
    assert_eq!((other.status, other.reason()), (StatusCode::UNPROCESSABLE_ENTITY, "IDEMPOTENCY_KEY_REUSED"));

    let colleague = network.facility.staff(&platform, &["FRONT_DESK"]).await;
    let theirs = colleague.post("/v1/visits", body.clone()).key(key).await.unwrap();
    assert_ne!(theirs.body, first.body, "a colleague's key is another key");

    let missing = network.desk.post("/v1/visits", body).without_key().await.unwrap();
    assert_eq!((missing.status, missing.reason()), (StatusCode::BAD_REQUEST, "IDEMPOTENCY_KEY_REQUIRED"));
}
