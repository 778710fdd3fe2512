//! One-time codes under attack over HTTP: guesses at once, right codes at once, and asking who is a member.

use careway_tests::{Network, TestPlatform, accepted};
use futures::future::join_all;
use serde_json::{Value, json};
use tokio::time::Instant;

const AT_ONCE: usize = 40;

#[tokio::test(flavor = "multi_thread")]
async fn of_forty_guesses_at_once_five_are_judged_and_the_right_code_is_dead() {
    let platform = TestPlatform::start().await;
    let network = Network::of(&platform).await;
    let member = network.payer.covered_member(&platform).await;
    let verify = started(&network, &member.number).await;
    let code = platform.code_for(&member.phone).await;
    let wrong =
        (0..AT_ONCE).map(|guess| format!("{:06}", (code.parse::<usize>().unwrap() + 1 + guess) % 1_000_000));
    let answers =
        join_all(wrong.map(|guess| network.desk.post(&verify, json!({"code": guess})).into_future())).await;

    let left: Vec<u64> = answers
        .iter()
        .map(|answer| {
            let answer = answer.as_ref().unwrap();
            assert_eq!((answer.status.as_u16(), answer.reason()), (401, "CODE_REJECTED"), "{answer}");
            answer.at("attemptsLeft").as_u64().unwrap_or_default()
        })
        .collect();
    let judged = left.iter().filter(|left| **left > 0).count();
    assert_eq!(judged, 4, "each of the first four guesses leaves a try, the fifth leaves none: {left:?}");
    let late = network.desk.post(&verify, json!({"code": code})).await.unwrap();
    assert_eq!((late.status.as_u16(), late.reason()), (401, "CODE_REJECTED"), "{late}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_forty_right_codes_at_once_one_succeeds() {
    let platform = TestPlatform::start().await;
    let network = Network::of(&platform).await;
    let member = network.payer.covered_member(&platform).await;
    let verify = started(&network, &member.number).await;
    let code = platform.code_for(&member.phone).await;
    let answers =
        join_all((0..AT_ONCE).map(|_| network.desk.post(&verify, json!({"code": code})).into_future())).await;
    let passed = answers.iter().filter(|answer| answer.as_ref().unwrap().status.is_success()).count();
    assert_eq!(passed, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn known_and_unknown_members_are_answered_alike_and_as_fast() {
    const EACH: usize = 60;
    let platform = TestPlatform::with(&[
        ("CAREWAY_IDENTITY_CODES_PER_FACILITY_10_MIN", "10000"),
        ("CAREWAY_IDENTITY_CODES_PER_FACILITY_DAY", "10000"),
        ("CAREWAY_IDENTITY_CODES_PER_STAFF_10_MIN", "10000"),
        ("CAREWAY_IDENTITY_CODES_PER_NETWORK_10_MIN", "10000"),
    ])
    .await;
    let network = Network::of(&platform).await;
    let members = join_all((0..EACH).map(|_| network.payer.covered_member(&platform))).await;
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    let mut shapes = std::collections::BTreeSet::new();
    for (index, member) in members.iter().enumerate() {
        let mut asked = [(member.number.clone(), &mut known), (format!("UM-9{index:05}"), &mut unknown)];
        // What one began in the background is not to slow the other.
        if index % 2 == 0 {
            asked.reverse();
        }
        for (number, times) in asked {
            platform.settle().await;
            let start = Instant::now();
            let answer =
                accepted(201, network.desk.post("/v1/visits", json!({"memberNumber": number}))).await;
            times.push(start.elapsed().as_secs_f64());
            let headers: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
            shapes.insert((headers, shape(&answer.body)));
        }
    }
    assert_eq!(shapes.len(), 1, "{shapes:#?}");
    // The chance that a known one took longer than an unknown one; the machine's noise is wide.
    let slower: f64 = known
        .iter()
        .flat_map(|one| {
            unknown.iter().map(move |other| {
                if one > other {
                    1.0
                } else if one < other {
                    0.0
                } else {
                    0.5
                }
            })
        })
        .sum::<f64>()
        / (EACH * EACH) as f64;
    println!("a known member is slower with probability {slower:.3}");
    assert!((0.3..=0.7).contains(&slower), "time tells a member: {slower:.3}");
}

/// The document with ids, instants and numbers masked, however many digits they are written with: they differ, nothing
/// else may.
fn shape(value: &Value) -> String {
    let mut value = value.clone();
    if let Some(reference) = value.pointer_mut("/visit/codeReference") {
        // Three letters, of the challenge: everybody has others.
        assert_eq!(reference.as_str().map(str::len), Some(3));
        *reference = Value::Null;
    }
    let varies = |letter: char| letter.is_ascii_digit() || ('a'..='f').contains(&letter);
    let masked: Vec<char> =
        value.to_string().chars().map(|letter| if varies(letter) { '#' } else { letter }).collect();
    let mut shape = String::new();
    for letter in masked {
        if letter != '#' || !shape.ends_with('#') {
            shape.push(letter);
        }
    }
    // An instant on a whole second has no fraction.
    shape.replace(".#Z", "Z")
}

/// A visit of this member; where its code is verified.
async fn started(network: &Network, number: &str) -> String {
    let started = accepted(201, network.desk.post("/v1/visits", json!({"memberNumber": number}))).await;
    format!("/v1/visits/{}/verify", started.text("visit.visitId"))
}
