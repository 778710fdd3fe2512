//! Partners' systems on this machine, each at an address of its own, as those of others are: they note what comes when. Two of
//! them can be made a trouble: one that answers late, and one that never does.

use std::{
    collections::HashMap,
    convert::Infallible,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Context;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, sync::watch, task::JoinSet, time::timeout};
use uuid::Uuid;

/// The endpoint that answers late, once there is trouble, and how late.
pub(super) const SLOW: usize = 0;
const LATE: Duration = Duration::from_secs(10);
/// The endpoint that never answers then.
pub(super) const DEAD: usize = 1;

/// What came: which event, to which endpoint, and when first.
pub(super) type Arrivals = HashMap<(Uuid, usize), Instant>;

#[derive(Default)]
struct Shared {
    arrivals: Mutex<Arrivals>,
    arrived: watch::Sender<usize>,
    open: AtomicUsize,
    most_open: AtomicUsize,
    troubled: watch::Sender<bool>,
}

/// Servers that listen until they are dropped.
pub(super) struct Receiver {
    addresses: Vec<SocketAddr>,
    shared: Arc<Shared>,
    _listening: JoinSet<()>,
}

impl Receiver {
    /// For so many endpoints.
    pub(super) async fn start(endpoints: usize) -> anyhow::Result<Self> {
        let shared = Arc::new(Shared::default());
        let (mut addresses, mut listening) = (Vec::new(), JoinSet::new());
        for endpoint in 0..endpoints {
            // All of 127/8 is this machine.
            let host = Ipv4Addr::new(127, 0, 1, u8::try_from(endpoint)?);
            let listener = TcpListener::bind((host, 0)).await?;
            addresses.push(listener.local_addr()?);
            listening.spawn(listen(listener, endpoint, shared.clone()));
        }
        Ok(Self { addresses, shared, _listening: listening })
    }

    /// Where an endpoint of that number is posted to.
    pub(super) fn url(&self, endpoint: usize) -> String {
        format!("http://{}/in", self.addresses[endpoint])
    }

    /// Two endpoints are a trouble from now on, or are none any more: then those that wait are answered.
    pub(super) fn trouble(&self, troubled: bool) {
        self.shared.troubled.send_replace(troubled);
    }

    /// Forgets what came.
    pub(super) fn forget(&self) {
        self.shared.arrivals.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.shared.arrived.send_replace(0);
        self.shared.most_open.store(self.shared.open.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// Waits until so many came that are no trouble's; what came.
    pub(super) async fn wait(&self, count: usize, patience: Duration) -> anyhow::Result<Arrivals> {
        let mut arrived = self.shared.arrived.subscribe();
        let all = timeout(patience, arrived.wait_for(|arrived| *arrived >= count)).await;
        let late = || format!("{} of {count} messages came", *self.shared.arrived.borrow());
        all.with_context(late)?.context("the receiver ended")?;
        Ok(self.shared.arrivals.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// The most connections that were open at once.
    pub(super) fn most_open(&self) -> usize {
        self.shared.most_open.load(Ordering::Relaxed)
    }
}

async fn listen(listener: TcpListener, endpoint: usize, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = shared.clone();
        let _ = stream.set_nodelay(true);
        tokio::spawn(async move {
            let open = shared.open.fetch_add(1, Ordering::Relaxed) + 1;
            shared.most_open.fetch_max(open, Ordering::Relaxed);
            let answered = service_fn(|request| answer(shared.clone(), endpoint, request));
            // A connection that breaks is the other side's to notice.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), answered).await;
            shared.open.fetch_sub(1, Ordering::Relaxed);
        });
    }
}

async fn answer(
    shared: Arc<Shared>,
    endpoint: usize,
    request: Request<Incoming>,
) -> Result<Response<Empty<Bytes>>, Infallible> {
    let at = Instant::now();
    let id = request.headers().get("webhook-id").and_then(|id| id.to_str().ok());
    let event = id.and_then(|id| id.strip_prefix("evt_")).and_then(|id| id.parse().ok());
    let Some(event) = event else { return Ok(answered(StatusCode::NOT_FOUND)) };
    let whole = request.into_body().collect().await;
    let is_troubled = *shared.troubled.borrow() && [SLOW, DEAD].contains(&endpoint);
    if !is_troubled && whole.is_ok() {
        let mut arrivals = shared.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        if arrivals.insert((event, endpoint), at).is_none() {
            shared.arrived.send_modify(|arrived| *arrived += 1);
        }
    }
    if is_troubled {
        let mut troubled = shared.troubled.subscribe();
        let over = troubled.wait_for(|troubled| !troubled);
        if endpoint == SLOW {
            let _ = timeout(LATE, over).await;
        } else {
            let _ = over.await;
        }
    }
    Ok(answered(StatusCode::NO_CONTENT))
}

fn answered(status: StatusCode) -> Response<Empty<Bytes>> {
    let mut response = Response::new(Empty::new());
    *response.status_mut() = status;
    response
}
