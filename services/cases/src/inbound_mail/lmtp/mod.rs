//! The LMTP listener (RFC 2033): on a unix socket or a private address, for the mail server beside us. Off unless it is set.

mod conversation;

use std::{
    fs::Permissions, net::SocketAddr, os::unix::fs::PermissionsExt, path::PathBuf, str::FromStr, sync::Arc,
};

use anyhow::Context;
use tokio::{
    net::{TcpListener, UnixListener},
    sync::Semaphore,
};

use crate::App;

/// Conversations at once; more wait in the kernel's queue.
const MOST_CONVERSATIONS: usize = 32;

/// Large mails at once: each is held in memory whole.
const MOST_LARGE: usize = 2;

/// Where the mail server speaks to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LmtpAddress {
    /// `unix:/path`
    Unix(PathBuf),
    /// An address of this host or of a private network, and a port.
    Private(SocketAddr),
}

impl FromStr for LmtpAddress {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        if let Some(path) = text.strip_prefix("unix:") {
            anyhow::ensure!(path.starts_with('/'), "must be a whole path: unix:/run/careway/lmtp");
            return Ok(Self::Unix(path.into()));
        }
        let address: SocketAddr = text.parse().context("must be unix:/path, or an address and a port")?;
        let is_private = match address.ip() {
            std::net::IpAddr::V4(ip) => ip.is_loopback() || ip.is_private(),
            std::net::IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
        };
        anyhow::ensure!(
            is_private,
            "must be an address of this host or of a private network: whoever reaches it delivers"
        );
        Ok(Self::Private(address))
    }
}

/// What conversations share.
#[derive(Clone)]
struct Bounds {
    conversations: Arc<Semaphore>,
    large: Arc<Semaphore>,
}

/// Listens until the service stops.
pub(crate) async fn start(app: &App, address: &LmtpAddress) -> anyhow::Result<()> {
    let bounds = Bounds {
        conversations: Arc::new(Semaphore::new(MOST_CONVERSATIONS)),
        large: Arc::new(Semaphore::new(MOST_LARGE)),
    };
    match address {
        LmtpAddress::Unix(path) => {
            // What a process that was killed left behind would refuse us the name.
            let _ = tokio::fs::remove_file(path).await;
            let listener = UnixListener::bind(path).with_context(|| path.display().to_string())?;
            // The mail server is another user: of the group that the folder gives to what is made in it.
            let set = tokio::fs::set_permissions(path, Permissions::from_mode(0o660)).await;
            set.with_context(|| path.display().to_string())?;
            app.foundation.tasks.spawn(listen_unix(app.clone(), listener, bounds));
            tracing::info!(path = %path.display(), "LMTP listens");
        }
        LmtpAddress::Private(address) => {
            let listener = TcpListener::bind(address).await.with_context(|| address.to_string())?;
            app.foundation.tasks.spawn(listen_tcp(app.clone(), listener, bounds));
            tracing::info!(%address, "LMTP listens");
        }
    }
    Ok(())
}

async fn listen_tcp(app: App, listener: TcpListener, bounds: Bounds) {
    while let Some((permit, accepted)) = next(&app, &bounds, || listener.accept()).await {
        match accepted {
            Ok((stream, _)) => {
                let conversation = conversation::hold(app.clone(), stream, bounds.large.clone(), permit);
                app.foundation.tasks.spawn(conversation);
            }
            Err(error) => tracing::warn!(%error, "a connection was not accepted"),
        }
    }
}

async fn listen_unix(app: App, listener: UnixListener, bounds: Bounds) {
    while let Some((permit, accepted)) = next(&app, &bounds, || listener.accept()).await {
        match accepted {
            Ok((stream, _)) => {
                let conversation = conversation::hold(app.clone(), stream, bounds.large.clone(), permit);
                app.foundation.tasks.spawn(conversation);
            }
            Err(error) => tracing::warn!(%error, "a connection was not accepted"),
        }
    }
}

/// The next connection, once there is room for it; none when the service stops.
async fn next<T, F: Future<Output = T>>(
    app: &App,
    bounds: &Bounds,
    accept: impl FnOnce() -> F,
) -> Option<(tokio::sync::OwnedSemaphorePermit, T)> {
    let room = async {
        let permit = bounds.conversations.clone().acquire_owned().await.ok()?;
        Some((permit, accept().await))
    };
    tokio::select! {
        () = app.foundation.shutdown.cancelled() => None,
        next = room => next,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_mail_server_beside_us_reaches_it() {
        for address in ["unix:/run/careway/lmtp", "127.0.0.1:2424", "10.1.2.3:24", "[::1]:24", "[fd00::1]:24"]
        {
            assert!(address.parse::<LmtpAddress>().is_ok(), "{address}");
        }
        for address in ["0.0.0.0:24", "192.0.2.1:24", "[::]:24", "unix:lmtp", "localhost", ""] {
            assert!(address.parse::<LmtpAddress>().is_err(), "{address}");
        }
    }
}
