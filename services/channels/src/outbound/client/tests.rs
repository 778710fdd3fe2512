//! What is asked, and what is not: names that come to lead elsewhere, redirects, literal addresses.

use std::{
    net::Ipv4Addr,
    sync::atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket},
};

use super::*;
use crate::vectors;

/// Nobody here keeps anybody waiting.
const PATIENCE: Duration = Duration::from_secs(180);

/// A listener that counts who connects, and answers so.
async fn listener(answer: String) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, connected) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
    let counted = connected.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (port, connected)
}

fn answer(status: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
}

/// A name that leads to these addresses, one look-up after the other, and how often it was asked.
fn rebinding(private: bool, answers: &[&str]) -> (Outbound, Arc<AtomicUsize>) {
    let answers: Vec<IpAddr> = answers.iter().map(|address| address.parse().unwrap()).collect();
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let look_up = move |_: &str| vec![answers[counted.fetch_add(1, Ordering::SeqCst) % answers.len()]];
    (Outbound::with(LookUp::Given(Box::new(look_up)), private, PATIENCE).unwrap(), asked)
}

#[tokio::test]
async fn a_name_that_comes_to_lead_into_the_network_is_not_connected_to() {
    let (port, connected) = listener(answer("204 No Content")).await;
    // The first address is judged when the endpoint is registered; then the name is bound to this machine.
    let (outbound, asked) = rebinding(false, &["93.184.216.34", "127.0.0.1"]);
    let url = format!("https://hooks.partner.example:{port}/in");
    assert!(outbound.leads_out(&Url::parse(&url).unwrap()).await);
    let sent = outbound.post(&url, HeaderMap::new(), b"{}".to_vec()).await;
    assert_eq!(sent.end, Err(Failure::AddressNotPublic));
    assert_eq!((asked.load(Ordering::SeqCst), connected.load(Ordering::SeqCst)), (2, 0));
}

#[tokio::test]
async fn a_request_looks_its_name_up_once_and_connects_to_what_it_was_told() {
    let (port, connected) = listener(answer("204 No Content")).await;
    let (outbound, asked) = rebinding(true, &["127.0.0.1", "192.0.2.1"]);
    let url = format!("http://hooks.partner.example:{port}/in");
    assert!(outbound.post(&url, HeaderMap::new(), b"{}".to_vec()).await.is_success());
    assert_eq!((asked.load(Ordering::SeqCst), connected.load(Ordering::SeqCst)), (1, 1));
}

#[tokio::test]
async fn a_literal_address_of_the_network_is_judged_at_every_request() {
    let (port, connected) = listener(answer("204 No Content")).await;
    let (outbound, asked) = rebinding(false, &["93.184.216.34"]);
    for host in ["127.0.0.1", "[::ffff:127.0.0.1]", "2130706433"] {
        let sent = outbound.post(&format!("https://{host}:{port}/"), HeaderMap::new(), Vec::new()).await;
        assert_eq!(sent.end, Err(Failure::AddressNotPublic), "{host}");
    }
    assert_eq!((asked.load(Ordering::SeqCst), connected.load(Ordering::SeqCst)), (0, 0));
}

#[tokio::test]
async fn redirects_are_failures_and_nobody_else_is_asked() {
    let (elsewhere, asked_elsewhere) = listener(answer("204 No Content")).await;
    let rows = vectors::read("urls.jsonl").into_iter().filter(|row| row["kind"] == "redirect");
    let mut played = 0;
    for row in rows {
        let status = row["answers"]["status"].as_u64().unwrap();
        let location = format!("{status} Elsewhere\r\nlocation: http://127.0.0.1:{elsewhere}/latest");
        let (port, _) = listener(answer(&location)).await;
        let outbound = Outbound::open(true, PATIENCE).unwrap();
        let sent = outbound.post(&format!("http://127.0.0.1:{port}/"), HeaderMap::new(), Vec::new()).await;
        assert_eq!(sent.end.as_ref().map(|answer| u64::from(answer.status)), Ok(status), "{row}");
        assert!(!sent.is_success() && row["attempt"] == "FAILED", "{row}");
        assert_eq!(row["requestsElsewhere"], asked_elsewhere.load(Ordering::SeqCst), "{row}");
        played += 1;
    }
    assert_eq!(played, 5);
}

#[tokio::test]
async fn failures_are_told_apart() {
    let outbound = Outbound::open(true, PATIENCE).unwrap();
    // The port is kept, and nobody listens.
    let nobody = TcpSocket::new_v4().unwrap();
    nobody.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let port = nobody.local_addr().unwrap().port();
    let refused = outbound.post(&format!("http://127.0.0.1:{port}/"), HeaderMap::new(), Vec::new()).await;
    assert_eq!(refused.end, Err(Failure::ConnectionRefused));
    let (port, _) = listener("no TLS at all".to_owned()).await;
    let plain = outbound.post(&format!("https://127.0.0.1:{port}/"), HeaderMap::new(), Vec::new()).await;
    assert_eq!(plain.end, Err(Failure::Tls), "no TLS is spoken there");
    let (nowhere, _) = rebinding(false, &["10.0.0.7"]);
    assert!(!nowhere.leads_out(&Url::parse("https://hooks.partner.example/").unwrap()).await);
}

#[tokio::test]
async fn a_retry_after_is_told_and_a_long_answer_is_not_read_whole() {
    let long = format!("HTTP/1.1 503 Busy\r\nretry-after: 120\r\n\r\n{}", "x".repeat(1 << 20));
    let (port, _) = listener(long).await;
    let outbound = Outbound::open(true, PATIENCE).unwrap();
    let sent = outbound.post(&format!("http://127.0.0.1:{port}/"), HeaderMap::new(), Vec::new()).await;
    assert_eq!(sent.end, Ok(Answer { status: 503, retry_after: Some("120".to_owned()) }));
}
