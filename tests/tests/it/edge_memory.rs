//! Two thousand clients that never finish the head of their request: what the gateway, a process of its own, holds of them.

use std::{cell::Cell, net::SocketAddr};

use careway_tests::{Layout, Payer, Setup, TestPlatform, accepted, until};
use futures::future::join_all;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const HALVES: usize = 2_000;
/// As much as a head may have and a little less.
const HALF: usize = 31 << 10;
/// A connection reads 64 KiB at most; what it has beside that, and what the allocator leaves unused, is no more than half
/// of it.
const MOST_KIB: u64 = HALVES as u64 * 96;
const ROUNDS: usize = 4;
/// How often the memory is found unchanged before it is taken as settled.
const ALIKE: usize = 10;

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_half_heads_take_no_more_than_they_may_however_often_they_come() {
    // Both processes have as many files open; the gateway has its limit from this one.
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let wanted = 4 * HALVES as u64;
    let current = Some(maximum.map_or(wanted, |most| most.min(wanted)));
    setrlimit(Resource::Nofile, Rlimit { current, maximum }).unwrap();

    let platform = TestPlatform::of(Setup { layout: Layout::SeparateProcesses, ..Setup::default() }).await;
    let payer = Payer::of(&platform).await;
    let gateway = platform.rest().base().trim_start_matches("http://").parse().unwrap();
    let before = settled(&platform, 0).await;
    let mut held = Vec::new();
    for _ in 0..ROUNDS {
        let halves = join_all((0..HALVES).map(|_| half_a_head(gateway))).await;
        accepted(200, payer.officer.get("/v1/me")).await;
        // They are measured when they are there: what each sent is the least of it.
        held.push(settled(&platform, before + (HALVES * HALF) as u64 / 1024).await - before);
        join_all(halves.into_iter().map(gone)).await;
    }
    println!("{HALVES} half heads, round by round: {held:?} KiB over {before} KiB");
    // What a round left behind would be there in all that follow.
    assert!(held.iter().all(|held| *held <= MOST_KIB), "{held:?} KiB, and {MOST_KIB} are bearable");
    accepted(200, payer.officer.get("/v1/me")).await;
    platform.end().await;
}

async fn half_a_head(gateway: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(gateway).await.unwrap();
    let head = format!("GET /v1/me HTTP/1.1\r\nhost: careway\r\nx: {}", "a".repeat(HALF));
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

/// Gives up, and waits until the gateway has too.
async fn gone(mut stream: TcpStream) {
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    // A reset is an end like any other.
    let _ = stream.read_to_end(&mut answer).await;
}

/// The gateway's memory in KiB, when it is at least so much and did not change for a while.
async fn settled(platform: &TestPlatform, least: u64) -> u64 {
    let (last, alike) = (Cell::new(0), Cell::new(0));
    let settled = until("the gateway's memory to settle", async || {
        let now = platform.processes().memory_kib("gateway").await?;
        alike.set(if last.replace(now) == now { alike.get() + 1 } else { 0 });
        Ok((alike.get() >= ALIKE && now >= least).then_some(now))
    });
    settled.await.unwrap_or_else(|error| panic!("{error:#}"))
}
