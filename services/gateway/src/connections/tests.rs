//! Clients that keep the port waiting, and how it closes.

use axum::routing::{get, post};
use futures::FutureExt;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    task::JoinHandle,
    time::{Instant, interval},
};

use super::*;

const SHORT: Duration = Duration::from_millis(300);
/// Nothing here takes as long, unless it is broken.
const LONG: Duration = Duration::from_secs(60);
const ASK: &[u8] = b"GET / HTTP/1.1\r\nhost: careway\r\n\r\n";
const HEAD_OF_A_BODY: &[u8] = b"POST /body HTTP/1.1\r\nhost: careway\r\ncontent-length: 1000\r\n\r\n";

struct Port {
    address: SocketAddr,
    stopping: Stopping,
    task: JoinHandle<()>,
}

fn roomy() -> Limits {
    Limits { connections: 1000, per_address: None, head: LONG, stall: LONG, drain: LONG }
}

impl Port {
    async fn open(limits: Limits) -> Self {
        let router = Router::new()
            .route("/", get(async || "here"))
            .route("/body", post(async |body: String| body))
            .route("/endless", get(async || Body::from_stream(futures::stream::repeat_with(piece))));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stopping = Stopping::default();
        let task = tokio::spawn(serve(listener, router, limits, stopping.clone()));
        Self { address, stopping, task }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// A connection that sent this and nothing more.
    async fn said(&self, words: &[u8]) -> TcpStream {
        let mut stream = self.connect().await;
        stream.write_all(words).await.unwrap();
        stream
    }
}

fn piece() -> Result<bytes::Bytes, std::convert::Infallible> {
    Ok(bytes::Bytes::from_static(&[7; 64 << 10]))
}

/// All that comes until the other side closes.
async fn heard(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    let read = timeout(LONG, stream.read_to_end(&mut all)).await.expect("the gateway closes");
    // A reset is a close like any other.
    let _ = read;
    String::from_utf8_lossy(&all).into_owned()
}

/// The answer's head and some of its body.
async fn answered(stream: &mut TcpStream) -> String {
    let mut some = [0; 1024];
    let count = timeout(LONG, stream.read(&mut some)).await.expect("an answer").unwrap();
    String::from_utf8_lossy(&some[..count]).into_owned()
}

/// Sends a byte now and then, until the gateway has enough of it.
async fn drip(stream: &mut TcpStream) {
    let mut ticks = interval(SHORT / 10);
    let dripping = async {
        loop {
            ticks.tick().await;
            if stream.write_all(b"a").await.is_err() {
                return;
            }
        }
    };
    timeout(LONG, dripping).await.expect("the gateway closes");
}

#[tokio::test]
async fn who_says_nothing_half_a_head_or_a_head_by_drips_is_cut_off_and_others_are_not() {
    let port = Port::open(Limits { head: SHORT, ..roomy() }).await;
    let begun = Instant::now();
    let mut others = Vec::new();
    for words in [&b""[..], b"GET / HTTP/1.1\r\nhost: ", ASK] {
        for _ in 0..50 {
            others.push(port.said(words).await);
        }
    }
    let mut dripping = port.said(b"GET / HTTP/1.1\r\nx: ").await;
    drip(&mut dripping).await;
    for (number, stream) in others.iter_mut().enumerate() {
        let heard = heard(stream).await;
        assert_eq!(heard.starts_with("HTTP/1.1 200"), number >= 100, "{heard}");
    }
    let taken = begun.elapsed();
    assert!(taken >= SHORT, "who says nothing has its time: {taken:?}");
    port.stopping.close();
    port.task.await.unwrap();
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused_before_it_is_whole() {
    let port = Port::open(roomy()).await;
    let head = [b"GET / HTTP/1.1\r\nx: ", &[b'a'; 2 * HEAD][..]].concat();
    let mut stream = port.connect().await;
    // The gateway may have closed before all of it is sent.
    let _ = stream.write_all(&head).await;
    assert!(answered(&mut stream).await.starts_with("HTTP/1.1 431"));
}

#[tokio::test]
async fn one_address_takes_no_more_places_than_it_may() {
    let port = Port::open(Limits { per_address: Some(3), ..roomy() }).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(port.said(ASK).await);
        assert!(answered(held.last_mut().unwrap()).await.starts_with("HTTP/1.1 200"));
    }
    assert_eq!(heard(&mut port.connect().await).await, "", "the fourth is closed at once");
    drop(held.pop());
    let again = async {
        loop {
            let mut stream = port.said(ASK).await;
            if heard_anything(&mut stream).await {
                return;
            }
        }
    };
    timeout(LONG, again).await.expect("a place that was left can be taken");
}

async fn heard_anything(stream: &mut TcpStream) -> bool {
    let mut one = [0];
    matches!(stream.read(&mut one).await, Ok(1))
}

#[tokio::test]
async fn who_comes_when_all_places_are_taken_waits_for_one() {
    let port = Port::open(Limits { connections: 2, ..roomy() }).await;
    let first = port.said(ASK).await;
    let mut second = port.said(ASK).await;
    assert!(answered(&mut second).await.starts_with("HTTP/1.1 200"));
    let mut third = port.said(ASK).await;
    assert!(timeout(SHORT, answered(&mut third)).await.is_err(), "there is no place");
    drop(first);
    assert!(answered(&mut third).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn who_takes_none_of_its_answer_is_cut_off() {
    let port = Port::open(Limits { connections: 1, stall: SHORT, ..roomy() }).await;
    let _reads_nothing = port.said(b"GET /endless HTTP/1.1\r\nhost: careway\r\n\r\n").await;
    let mut next = port.said(ASK).await;
    assert!(answered(&mut next).await.starts_with("HTTP/1.1 200"), "the only place is free again");
}

#[tokio::test]
async fn who_asks_a_leaving_gateway_is_answered_and_told_to_go() {
    let port = Port::open(roomy()).await;
    let mut stream = port.said(ASK).await;
    let before = answered(&mut stream).await;
    assert!(before.starts_with("HTTP/1.1 200") && !before.contains("connection: close"), "{before}");

    assert!(port.stopping.leave_for(LONG).now_or_never().is_none(), "it has its grace");
    stream.write_all(ASK).await.unwrap();
    for mut stream in [stream, port.said(ASK).await] {
        let last = heard(&mut stream).await;
        assert!(last.starts_with("HTTP/1.1 200") && last.contains("connection: close"), "{last}");
    }
    port.stopping.close();
    port.task.await.unwrap();
}

#[tokio::test]
async fn a_closed_port_answers_what_is_under_way() {
    let port = Port::open(roomy()).await;
    let mut unused = port.connect().await;
    let mut in_time = port.said(HEAD_OF_A_BODY).await;
    let mut asked = port.said(ASK).await;
    assert!(answered(&mut asked).await.starts_with("HTTP/1.1 200"));

    port.stopping.close();
    assert_eq!(heard(&mut unused).await, "");
    assert_eq!(heard(&mut asked).await, "", "nothing more is asked on an old connection");
    in_time.write_all(&[b'a'; 1000]).await.unwrap();
    assert!(heard(&mut in_time).await.starts_with("HTTP/1.1 200"));
    timeout(LONG, port.task).await.expect("it ends").unwrap();
    assert!(TcpStream::connect(port.address).await.is_err());
}

#[tokio::test]
async fn a_closed_port_cuts_off_who_drips() {
    let port = Port::open(Limits { drain: SHORT, ..roomy() }).await;
    let mut dripping = port.said(HEAD_OF_A_BODY).await;
    let mut asked = port.said(ASK).await;
    assert!(answered(&mut asked).await.starts_with("HTTP/1.1 200"));

    port.stopping.close();
    drip(&mut dripping).await;
    timeout(LONG, port.task).await.expect("it ends although a client drips").unwrap();
}

#[test]
fn an_address_is_counted_with_its_network() {
    let counted = |address: &str| network(address.parse().unwrap()).to_string();
    assert_eq!(counted("10.0.0.1"), "10.0.0.1");
    assert_eq!(counted("::ffff:10.0.0.1"), "10.0.0.1");
    assert_eq!(counted("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
}
