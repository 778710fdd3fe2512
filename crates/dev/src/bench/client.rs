//! A connection of HTTP/1.1, kept alive: a client that costs little beside what it measures.

use std::net::SocketAddr;

use anyhow::{Context, bail};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use uuid::Uuid;

/// One connection, one request at a time.
pub(super) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: HeaderValue,
}

impl Connection {
    pub(super) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.context("the gateway takes no connection")?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // Its end shows at the next request.
        tokio::spawn(connection);
        Ok(Self { sender, host: address.to_string().parse()? })
    }

    /// A read.
    pub(super) async fn get(&mut self, path: &str, token: &HeaderValue) -> anyhow::Result<Bytes> {
        let (status, body) = self.send(self.request(Method::GET, path, token, Bytes::new())?).await?;
        accepted(status, body, path)
    }

    /// A command, under a key of its own.
    pub(super) async fn post(
        &mut self,
        path: &str,
        token: &HeaderValue,
        body: String,
    ) -> anyhow::Result<Bytes> {
        let (status, body) = self.ask(path, token, Uuid::new_v4(), body).await?;
        accepted(status, body, path)
    }

    /// A command, under this key, that may be refused.
    pub(super) async fn ask(
        &mut self,
        path: &str,
        token: &HeaderValue,
        key: Uuid,
        body: String,
    ) -> anyhow::Result<(StatusCode, Bytes)> {
        let mut request = self.request(Method::POST, path, token, body.into())?;
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert("idempotency-key", key.to_string().parse()?);
        self.send(request).await
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        token: &HeaderValue,
        body: Bytes,
    ) -> anyhow::Result<Request<Full<Bytes>>> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &self.host)
            .header(header::AUTHORIZATION, token)
            .body(Full::new(body))?;
        Ok(request)
    }

    async fn send(&mut self, request: Request<Full<Bytes>>) -> anyhow::Result<(StatusCode, Bytes)> {
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        let status = response.status();
        Ok((status, response.into_body().collect().await?.to_bytes()))
    }
}

/// The answer, unless it is a refusal.
fn accepted(status: StatusCode, body: Bytes, path: &str) -> anyhow::Result<Bytes> {
    if !status.is_success() {
        let problem: Value = serde_json::from_slice(&body).unwrap_or_default();
        // Not the whole path: ids would make every refusal another one.
        let end = path.rsplit('/').next().unwrap_or_default();
        let reason = problem["reason"].as_str().unwrap_or_default();
        bail!("…/{end} was answered {} {reason}", status.as_u16());
    }
    Ok(body)
}
