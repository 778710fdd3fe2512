//! The gateway's port: who may connect, how long the head of a request may take, how large it may be, and how the port
//! closes. HTTP/1.1 alone: what stands before the gateway speaks newer versions to the outside.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{Router, body::Body, extract::ConnectInfo, response::Response};
use careway_service::Stopping;
use http::{HeaderValue, Request, header::CONNECTION};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::timeout,
};
use tokio_io_timeout::TimeoutStream;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use crate::config::Config;

/// The largest head of a request. A connection's half of one is all that it makes the gateway hold.
const HEAD: usize = 32 << 10;
/// What a connection reads or writes at a time.
const BUFFER: usize = 64 << 10;
/// How long to wait before accepting again when the process has no more files to open.
const BREATH: Duration = Duration::from_millis(100);

/// What the port bears.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Connections in all. Who comes then waits until one ends.
    connections: usize,
    /// Connections of one address; none where proxies stand before, whose address everybody has.
    per_address: Option<usize>,
    /// How long the head of a request may take, and a connection may be unused.
    head: Duration,
    /// How long a client may take none of its answer.
    stall: Duration,
    /// How long requests may still take once the port is closed.
    drain: Duration,
}

impl Limits {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            connections: config.connections,
            per_address: (config.trusted_proxies == 0).then_some(config.connections_per_address),
            head: Duration::from_millis(config.head_timeout_ms),
            stall: Duration::from_millis(config.idle_timeout_ms),
            drain: Duration::from_millis(config.drain_ms),
        }
    }
}

/// Answers until the port is to close; then drains, and cuts off what takes longer than it may.
pub(crate) async fn serve(listener: TcpListener, router: Router, limits: Limits, stopping: Stopping) {
    let router = router.with_state(());
    let (places, addresses) = (Arc::new(Semaphore::new(limits.connections)), Addresses::default());
    let (connections, cut) = (TaskTracker::new(), CancellationToken::new());
    loop {
        let next = async { (places.clone().acquire_owned().await, accepted(&listener).await) };
        let Some((place, (stream, peer))) = stopping.closing().run_until_cancelled(next).await else { break };
        let Some(counted) = addresses.enter(peer.ip(), limits.per_address) else {
            metrics::counter!("careway_connections_refused_total").increment(1);
            continue;
        };
        let (router, stopping, cut) = (router.clone(), stopping.clone(), cut.clone());
        connections.spawn(async move {
            let _held = (place, counted);
            cut.run_until_cancelled(answer(stream, peer, router, limits, stopping)).await;
        });
    }
    drop(listener);
    connections.close();
    if timeout(limits.drain, connections.wait()).await.is_err() {
        tracing::warn!(connections = connections.len(), "some clients are cut off: they took too long");
        cut.cancel();
        connections.wait().await;
    }
}

async fn accepted(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}

/// Answers the requests of one connection until its client goes, or keeps it waiting for too long.
async fn answer(stream: TcpStream, peer: SocketAddr, router: Router, limits: Limits, stopping: Stopping) {
    // An answer is not to wait for the acknowledgement of the one before.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection that is gone already");
        return;
    }
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(limits.stall));
    let leaving = stopping.clone();
    let router = router
        .map_request(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            request.map(Body::new)
        })
        .map_response(move |mut response: Response| {
            // A client that is told asks nothing more here, where its request would meet the closing port.
            if leaving.is_leaving() {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            response
        });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_header_size(HEAD)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(Box::pin(stream)), TowerToHyperService::new(router));
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopping.closing().cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke off");
    }
}

/// How many connections each address has.
#[derive(Clone, Default)]
struct Addresses(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// One connection of an address, until it ends.
struct Counted {
    addresses: Addresses,
    key: IpAddr,
}

impl Addresses {
    /// `None` when the address has as many as it may.
    fn enter(&self, address: IpAddr, most: Option<usize>) -> Option<Counted> {
        let key = network(address);
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(key).or_default();
        if most.is_some_and(|most| *count >= most) {
            return None;
        }
        *count += 1;
        Some(Counted { addresses: self.clone(), key })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut counts = self.addresses.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.key);
            }
        }
    }
}

/// Whoever has one address of IPv6 has its whole /64.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address => address,
    }
}

#[cfg(test)]
mod tests;
