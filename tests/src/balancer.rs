//! What stands before the replicas of a service, as a cluster's own does: each new connection goes to the next one that is
//! ready.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use careway_service::probe;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// How long it waits before it asks again who is ready, and how often.
const PAUSE: Duration = Duration::from_millis(100);
const ROUNDS: usize = 100;

/// One of several processes that do the same.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Replica {
    pub(crate) listen: SocketAddr,
    /// Where it says whether it is ready.
    pub(crate) ops: SocketAddr,
}

/// Spreads connections until it is dropped.
pub(crate) struct Balancer(JoinHandle<()>);

impl Balancer {
    /// Listens on the address that callers know.
    pub(crate) async fn start(address: SocketAddr, replicas: Vec<Replica>) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let replicas: Arc<[Replica]> = replicas.into();
        Ok(Self(tokio::spawn(async move {
            for first in 0.. {
                let Ok((stream, _)) = listener.accept().await else { return };
                tokio::spawn(pass(stream, replicas.clone(), first));
            }
        })))
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// To the first that is ready, from this one on; nobody being ready for long, the connection ends.
async fn pass(mut stream: TcpStream, replicas: Arc<[Replica]>, first: usize) {
    for turn in 0..replicas.len() * ROUNDS {
        if turn > 0 && turn % replicas.len() == 0 {
            tokio::time::sleep(PAUSE).await;
        }
        let replica = replicas[(first + turn) % replicas.len()];
        if probe::ready(replica.ops).await.is_err() {
            continue;
        }
        let Ok(mut upstream) = TcpStream::connect(replica.listen).await else { continue };
        let _ = (stream.set_nodelay(true), upstream.set_nodelay(true));
        let _ = copy_bidirectional(&mut stream, &mut upstream).await;
        return;
    }
}
