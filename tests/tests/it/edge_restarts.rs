//! Processes that are told to end while they work, one after the other, as when a new version is rolled out.

use careway_tests::{CODES_FOR_A_LOAD, Layout, Load, Network, Payer, Setup, TestPlatform, accepted, until};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const PATIENTS: usize = 60;
/// The gateway twice: first and last.
const ROLLED: [&str; 5] = ["gateway", "visits", "identity", "renewals", "gateway"];

#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_restart_under_load_loses_and_doubles_nothing() {
    let setup = Setup { layout: Layout::SeparateProcesses, settings: &CODES_FOR_A_LOAD, ..Setup::default() };
    let platform = TestPlatform::of(setup).await;
    let network = Network::of(&platform).await;
    let load = Load::of(&platform, &network, PATIENTS).await;
    let restarts = async {
        for (number, name) in (1..).zip(ROLLED) {
            load.acknowledged(number * PATIENTS / ROLLED.len()).await;
            // It drains in time and ends well, or this panics.
            platform.processes().end_one(name).await;
            platform.processes().restart(name).await;
        }
    };
    load.run_through(restarts).await;
    load.compare(&platform).await;
    platform.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_was_under_way_is_answered_by_a_gateway_that_ends() {
    let platform = TestPlatform::of(Setup { layout: Layout::SeparateProcesses, ..Setup::default() }).await;
    let payer = Payer::of(&platform).await;
    let gateway = platform.rest().base().trim_start_matches("http://").to_owned();
    let body = json!({
        "memberNumber": "UM-1", "givenNames": "Aline", "familyName": "Uwase", "birthDate": "1990-04-12",
        "sex": "FEMALE",
    })
    .to_string();
    let head = format!(
        "POST /v1/members HTTP/1.1\r\nhost: careway\r\nauthorization: Bearer {}\r\n\
         idempotency-key: a-member-while-the-gateway-ends\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nexpect: 100-continue\r\n\r\n",
        payer.officer.access_token(),
        body.len()
    );
    let mut stream = TcpStream::connect(&gateway).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    assert!(heard(&mut stream).await.starts_with("HTTP/1.1 100"), "it is under way");

    let answered = async {
        let closed = until("the port to close", async || {
            Ok(TcpStream::connect(&gateway).await.is_err().then_some(()))
        });
        closed.await.unwrap_or_else(|error| panic!("{error:#}"));
        stream.write_all(body.as_bytes()).await.unwrap();
        heard(&mut stream).await
    };
    let ((), answer) = tokio::join!(platform.processes().end_one("gateway"), answered);
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    platform.processes().restart("gateway").await;
    assert_eq!(accepted(200, payer.officer.get("/v1/members")).await.list("members").len(), 1);
    platform.end().await;
}

async fn heard(stream: &mut TcpStream) -> String {
    let mut some = [0; 1024];
    let count = stream.read(&mut some).await.unwrap();
    String::from_utf8_lossy(&some[..count]).into_owned()
}
