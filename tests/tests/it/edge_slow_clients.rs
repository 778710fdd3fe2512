//! Fifty slow clients of each kind at once, and what somebody else notices of them.

use std::time::{Duration, Instant};

use careway_tests::{Payer, Rest, TestPlatform, accepted};
use futures::future::join_all;
use tokio::{net::TcpStream, task::JoinSet};

use crate::edge::{Slow, slow_heads};

const EACH: usize = 50;
const DRIP: Duration = Duration::from_millis(200);
/// The 99th percentile is the fourth slowest of these.
const ASKED: usize = 400;
/// A machine that has something else to do just then slows either measure: one good try is enough.
const TRIES: usize = 12;

#[tokio::test(flavor = "multi_thread")]
async fn fifty_slow_clients_of_each_kind_make_nobody_wait_half_as_long_again() {
    let platform = TestPlatform::start().await;
    let (theirs, ours) = tokio::join!(Payer::of(&platform), Payer::of(&platform));
    let gateway = platform.in_process().gateway();
    p99(&ours.officer).await;
    let mut tries = Vec::new();
    while tries.len() < TRIES {
        // With a token that lives as long as this try.
        accepted(200, theirs.officer.get("/v1/me")).await;
        let heads = slow_heads(&theirs.officer.access_token());
        let alone = p99(&ours.officer).await;
        let unsaid = join_all((0..EACH).map(|_| TcpStream::connect(gateway))).await;
        let slow = heads.iter().flat_map(|head| std::iter::repeat_n(head, EACH));
        let slow = join_all(slow.map(async |head| (head.clone(), Slow::begin(gateway, head).await))).await;
        let mut dripping = JoinSet::new();
        for (head, mut slow) in slow {
            dripping.spawn(async move {
                loop {
                    slow.drip(DRIP).await;
                    // Who is cut off comes again.
                    slow = Slow::begin(gateway, &head).await;
                }
            });
        }
        let beside = p99(&ours.officer).await;
        assert!(unsaid.iter().all(Result::is_ok) && dripping.len() == heads.len() * EACH);
        dripping.shutdown().await;
        tries.push((alone, beside));
        let (mut alone, mut beside): (Vec<_>, Vec<_>) = tries.iter().copied().unzip();
        alone.sort();
        beside.sort();
        // The quickest beside them is what they cost; the rest is the machine's.
        if 2 * beside[0] <= 3 * alone[alone.len() / 2] {
            println!("p99 alone and beside slow clients: {tries:?}");
            platform.end().await;
            return;
        }
    }
    panic!("p99 alone and beside slow clients, never within half as much again: {tries:?}");
}

async fn p99(asking: &Rest) -> Duration {
    let mut taken = Vec::with_capacity(ASKED);
    for _ in 0..ASKED {
        let begun = Instant::now();
        accepted(200, asking.get("/v1/me")).await;
        taken.push(begun.elapsed());
    }
    taken.sort();
    taken[ASKED * 99 / 100]
}
