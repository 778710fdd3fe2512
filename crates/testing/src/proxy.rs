//! A TCP proxy that can be cut, stalled and restored: a server gone and back. Before Postgres it can also be a trap.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::trap::{Conversation, Side, Sprung, Traps};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Stalled,
    Cut,
}

/// Stands before a server on a loopback port of its own. Connect to [`address`](Self::address) instead.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    state: watch::Sender<State>,
    round_trips: Arc<AtomicU64>,
    traps: Traps,
    task: JoinHandle<()>,
}

impl FaultProxy {
    /// Starts a proxy to `host:port`.
    ///
    /// # Panics
    /// When the loopback has no port left.
    pub async fn start(upstream: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port on the loopback");
        let address = listener.local_addr().expect("a bound listener has an address");
        let (state, watched) = watch::channel(State::Open);
        let (round_trips, traps) = (Arc::new(AtomicU64::new(0)), Traps::default());
        let served = Served { upstream: upstream.to_owned(), state: watched, turns: round_trips.clone() };
        let task = tokio::spawn(accept(listener, served, traps.clone()));
        Self { address, state, round_trips, traps, task }
    }

    /// Starts a proxy to the server of a URL; gives it with the URL through it.
    ///
    /// # Panics
    /// When the URL names no `host:port`.
    pub async fn before(url: &str) -> (Self, String) {
        let (_, _, host, _) = parts(url);
        let proxy = Self::start(host).await;
        let through = proxy.through(url);
        (proxy, through)
    }

    /// The URL of something on the same server, through this proxy.
    ///
    /// # Panics
    /// When the URL names no `host:port`.
    #[must_use]
    pub fn through(&self, url: &str) -> String {
        let (scheme, user, _, path) = parts(url);
        let at = if user.is_empty() { "" } else { "@" };
        format!("{scheme}://{user}{at}{}{path}", self.address)
    }

    /// Where to connect.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The server is gone: every connection ends at once, and new ones end as soon as they are made.
    pub fn cut(&self) {
        self.state.send_replace(State::Cut);
    }

    /// The server hangs: connections stay and new ones are taken, and nothing passes.
    pub fn stall(&self) {
        self.state.send_replace(State::Stalled);
    }

    /// The server is back. What was stalled passes on.
    pub fn restore(&self) {
        self.state.send_replace(State::Open);
    }

    /// How often a client has spoken after the server had: the round trips of a protocol of questions and answers.
    #[must_use]
    pub fn round_trips(&self) -> u64 {
        self.round_trips.load(Ordering::SeqCst)
    }

    /// Sets a trap before Postgres, for the next conversation in which a client says this. At the `trip`-th round trip
    /// from there, of those that do more than prepare a statement, nothing passes any more in either direction until the
    /// client is gone. A trap that is waited for no longer springs no more.
    pub fn trap(&self, said: &str, trip: u64, side: Side) -> Sprung {
        self.traps.set(said, trip, side)
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.state.send_replace(State::Cut);
        self.task.abort();
    }
}

/// Scheme, user, `host:port`, and all that follows.
fn parts(url: &str) -> (&str, &str, &str, &str) {
    let (scheme, rest) = url.split_once("://").expect("a URL has a scheme");
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let (user, host) = authority.rsplit_once('@').map_or(("", authority), |(user, host)| (user, host));
    assert!(host.contains(':'), "the URL names the port");
    (scheme, user, host, path)
}

/// What serves a connection.
#[derive(Clone)]
struct Served {
    upstream: String,
    state: watch::Receiver<State>,
    turns: Arc<AtomicU64>,
}

async fn accept(listener: TcpListener, served: Served, traps: Traps) {
    while let Ok((client, _)) = listener.accept().await {
        tokio::spawn(serve(client, served.clone(), traps.conversation()));
    }
}

async fn serve(mut client: TcpStream, served: Served, conversation: Conversation) {
    let Served { upstream, mut state, turns } = served;
    let mut cut = state.clone();
    let cut = cut.wait_for(|state| *state == State::Cut);
    let pass = async {
        opened(&mut state).await;
        let Ok(mut server) = TcpStream::connect(upstream).await else { return };
        // Nagle would add what the proxied protocol has taken care to avoid.
        let _ = (client.set_nodelay(true), server.set_nodelay(true));
        let (from_client, to_client) = client.split();
        let (from_server, to_server) = server.split();
        let answered = AtomicBool::new(true);
        let up = pump(from_client, to_server, state.clone(), |said| {
            let turn = answered.swap(false, Ordering::SeqCst);
            turns.fetch_add(u64::from(turn), Ordering::SeqCst);
            conversation.asks(said, turn)
        });
        let down = pump(from_server, to_client, state.clone(), |_| {
            answered.store(true, Ordering::SeqCst);
            conversation.answers()
        });
        tokio::join!(up, down);
    };
    // Cut first: a cut proxy lets nothing through, not even what has just arrived.
    tokio::select! {
        biased;
        _ = cut => {}
        () = pass => {}
    }
}

/// Copies what passes until the source ends, and then ends the sink.
async fn pump(
    mut source: impl AsyncRead + Unpin,
    mut sink: impl AsyncWrite + Unpin,
    mut state: watch::Receiver<State>,
    passes: impl Fn(&[u8]) -> bool,
) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = source.read(&mut buffer).await {
        opened(&mut state).await;
        let said = &buffer[..length];
        if passes(said) && sink.write_all(said).await.is_err() {
            break;
        }
    }
    let _ = sink.shutdown().await;
}

/// Waits while stalled. A cut ends the waiting from outside.
async fn opened(state: &mut watch::Receiver<State>) {
    if state.wait_for(|state| *state == State::Open).await.is_err() {
        std::future::pending().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::time::timeout;

    /// A server that says back what it hears.
    async fn echo() -> String {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut read, mut write) = stream.split();
                    let _ = tokio::io::copy(&mut read, &mut write).await;
                });
            }
        });
        address
    }

    async fn say(stream: &mut TcpStream, text: &[u8]) -> std::io::Result<Vec<u8>> {
        stream.write_all(text).await?;
        let mut heard = vec![0; text.len()];
        stream.read_exact(&mut heard).await?;
        Ok(heard)
    }

    #[tokio::test]
    async fn cut_and_restored() {
        let proxy = FaultProxy::start(&echo().await).await;
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        assert_eq!(say(&mut stream, b"one").await.unwrap(), b"one");
        assert_eq!(say(&mut stream, b"two").await.unwrap(), b"two");
        assert_eq!(proxy.round_trips(), 2);
        proxy.cut();
        assert!(say(&mut stream, b"three").await.is_err());
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        assert!(say(&mut stream, b"four").await.is_err());
        proxy.restore();
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        assert_eq!(say(&mut stream, b"five").await.unwrap(), b"five");
    }

    #[tokio::test]
    async fn a_stall_keeps_what_was_said() {
        let proxy = FaultProxy::start(&echo().await).await;
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        assert_eq!(say(&mut stream, b"one").await.unwrap(), b"one");
        proxy.stall();
        let mut late = TcpStream::connect(proxy.address()).await.unwrap();
        assert!(timeout(Duration::from_millis(50), say(&mut stream, b"two")).await.is_err());
        assert!(timeout(Duration::from_millis(50), say(&mut late, b"new")).await.is_err());
        proxy.restore();
        let mut heard = [0; 3];
        stream.read_exact(&mut heard).await.unwrap();
        assert_eq!(&heard, b"two");
        late.read_exact(&mut heard).await.unwrap();
        assert_eq!(&heard, b"new");
    }

    #[tokio::test]
    async fn a_trap_holds_one_conversation_at_its_point_until_the_client_is_gone() {
        let proxy = FaultProxy::start(&echo().await).await;
        let mut other = TcpStream::connect(proxy.address()).await.unwrap();
        for side in [Side::Before, Side::After] {
            let mut sprung = proxy.trap("begin 7", 2, side);
            let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
            assert_eq!(say(&mut stream, b"begin 1").await.unwrap(), b"begin 1");
            assert_eq!(say(&mut stream, b"now begin 7").await.unwrap(), b"now begin 7");
            assert_eq!(say(&mut stream, b"Prepare").await.unwrap(), b"Prepare");
            assert!(sprung.try_recv().is_err(), "one round trip that counts");
            assert!(timeout(Duration::from_millis(50), say(&mut stream, b"second")).await.is_err());
            sprung.await.unwrap();
            assert!(timeout(Duration::from_millis(50), say(&mut stream, b"third")).await.is_err());
            assert_eq!(say(&mut other, b"begin 7").await.unwrap(), b"begin 7", "a trap springs once");
            stream.shutdown().await.unwrap();
            assert_eq!(stream.read(&mut [0; 8]).await.unwrap(), 0, "the end is passed on");
        }
        drop(proxy.trap("begin 8", 1, Side::Before));
        assert_eq!(say(&mut other, b"begin 8").await.unwrap(), b"begin 8", "nobody waits for it");
    }

    #[tokio::test]
    async fn an_end_is_passed_on() {
        let proxy = FaultProxy::start(&echo().await).await;
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        stream.write_all(b"all").await.unwrap();
        stream.shutdown().await.unwrap();
        let mut heard = Vec::new();
        stream.read_to_end(&mut heard).await.unwrap();
        assert_eq!(heard, b"all");
    }

    #[tokio::test]
    async fn a_url_goes_through() {
        let upstream = echo().await;
        let (proxy, url) =
            FaultProxy::before(&format!("postgres://me:pw@{upstream}/db?sslmode=disable")).await;
        assert_eq!(url, format!("postgres://me:pw@{}/db?sslmode=disable", proxy.address()));
        let (proxy, url) = FaultProxy::before(&format!("nats://{upstream}")).await;
        assert_eq!(url, format!("nats://{}", proxy.address()));
    }
}
