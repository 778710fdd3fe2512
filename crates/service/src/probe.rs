//! Asks a process of this machine whether it is ready: the health check of an image that has no shell.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use anyhow::{Context, bail};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

const PATIENCE: Duration = Duration::from_secs(3);
const LONGEST_ANSWER: u64 = 4096;

/// Asks `/readyz` of the process that listens on this address.
///
/// # Errors
/// It does not answer, or says why it is not ready.
pub async fn ready(listen: SocketAddr) -> anyhow::Result<()> {
    let address = within(listen);
    let asked = timeout(PATIENCE, ask(address))
        .await
        .with_context(|| format!("{address} does not answer in time"))?;
    let answer = asked.with_context(|| format!("{address} does not answer"))?;
    if answer.split(' ').nth(1) == Some("200") {
        return Ok(());
    }
    let reason = answer.split_once("\r\n\r\n").map_or("no reason given", |(_, body)| body.trim());
    bail!("not ready: {reason}")
}

async fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.take(LONGEST_ANSWER).read_to_string(&mut answer).await?;
    Ok(answer)
}

/// Who listens on every address is reached on the loopback.
fn within(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

#[cfg(test)]
mod tests {
    use axum::{Router, http::StatusCode, routing::get};
    use tokio::net::TcpListener;

    use super::*;

    async fn serve(status: StatusCode, body: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/readyz", get(move || std::future::ready((status, body))));
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    #[tokio::test]
    async fn a_ready_process_passes() {
        ready(serve(StatusCode::OK, "ready\n").await).await.unwrap();
    }

    #[tokio::test]
    async fn a_process_that_is_not_ready_says_why() {
        let error = ready(serve(StatusCode::SERVICE_UNAVAILABLE, "stopping\n").await).await.unwrap_err();
        assert_eq!(error.to_string(), "not ready: stopping");
    }

    #[tokio::test]
    async fn nobody_there_is_not_ready() {
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        assert!(ready(free).await.unwrap_err().to_string().ends_with("does not answer"));
    }
}
