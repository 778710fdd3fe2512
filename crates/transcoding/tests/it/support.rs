//! The gRPC service behind the router: it records what it is called with and answers what the test says.

use std::{
    convert::Infallible,
    sync::{Arc, LazyLock, Mutex},
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header},
};
use bytes::Bytes;
use careway_transcoding::{Settings, Transcoder, Upstream};
use futures::{StreamExt, stream};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage};
use serde_json::Value;
use tower::ServiceExt;

pub(crate) static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| pool("shelf.proto"));

/// Compiles one of the test's contracts.
pub(crate) fn pool(file: &str) -> DescriptorPool {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/proto");
    let contract = concat!(env!("CARGO_MANIFEST_DIR"), "/../../proto");
    let mut compiler = protox::Compiler::new([here, contract]).unwrap();
    compiler.include_source_info(true).include_imports(true).open_file(file).unwrap();
    DescriptorPool::decode(&*compiler.encode_file_descriptor_set()).unwrap()
}

/// One call as the service saw it.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) messages: Vec<Bytes>,
}

/// What the service answers.
#[derive(Clone)]
pub(crate) enum Answer {
    /// Messages, each in a frame of its own, and the status after them.
    Messages(HeaderMap, Vec<Bytes>, tonic::Status),
    /// A status in the headers.
    Status(tonic::Status),
    /// No answer at all.
    Unreachable,
    /// Never.
    Hangs,
}

#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) seen: Arc<Mutex<Vec<Seen>>>,
    answers: Arc<Mutex<Vec<Answer>>>,
}

impl Service {
    /// Answers in this order; the last one forever.
    pub(crate) fn new(answers: impl Into<Vec<Answer>>) -> Self {
        Self { seen: Arc::default(), answers: Arc::new(Mutex::new(answers.into())) }
    }

    pub(crate) fn router(&self) -> Router {
        self.router_with(Settings::default())
    }

    pub(crate) fn router_with(&self, settings: Settings) -> Router {
        let service = self.clone();
        let upstream = Upstream::new(tower::service_fn(move |request| service.clone().call(request)));
        let transcoder = Transcoder::new(POOL.clone(), settings).unwrap();
        transcoder.router(|_| Some(upstream.clone())).unwrap()
    }

    pub(crate) fn calls(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The only message of the only call.
    pub(crate) fn received(&self, name: &str) -> DynamicMessage {
        let calls = self.calls();
        assert_eq!((calls.len(), calls[0].messages.len()), (1, 1));
        let descriptor = POOL.get_message_by_name(&format!("careway.shelf.v1.{name}")).unwrap();
        DynamicMessage::decode(descriptor, &calls[0].messages[0][..]).unwrap()
    }

    /// The JSON of the only message of the only call.
    pub(crate) fn only_message(&self, name: &str) -> Value {
        let calls = self.calls();
        assert_eq!(calls.len(), 1);
        assert_eq!(calls[0].messages.len(), 1);
        decode(name, &calls[0].messages[0])
    }

    async fn call(
        self,
        request: Request<tonic::body::Body>,
    ) -> Result<Response<tonic::body::Body>, tower::BoxError> {
        let answer = {
            let mut answers = self.answers.lock().unwrap();
            if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() }
        };
        let (parts, body) = request.into_parts();
        assert_eq!(parts.headers[header::CONTENT_TYPE], "application/grpc");
        assert_eq!(parts.headers[header::TE], "trailers");
        let messages = unframe(&body.collect().await?.to_bytes());
        self.seen.lock().unwrap().push(Seen {
            path: parts.uri.path().to_owned(),
            headers: parts.headers,
            messages,
        });
        match answer {
            Answer::Messages(headers, messages, status) => Ok(answered(headers, messages, status)),
            Answer::Status(status) => Ok(status.into_http()),
            Answer::Unreachable => Err("connection refused to 10.0.0.7".into()),
            Answer::Hangs => std::future::pending().await,
        }
    }
}

fn answered(headers: HeaderMap, messages: Vec<Bytes>, status: tonic::Status) -> Response<tonic::body::Body> {
    let mut trailers = HeaderMap::new();
    status.add_header(&mut trailers).unwrap();
    let frames = messages.into_iter().map(|message| Frame::data(frame(&message)));
    let frames = frames.chain([Frame::trailers(trailers)]).map(Ok::<_, Infallible>);
    let mut response = Response::new(tonic::body::Body::new(StreamBody::new(stream::iter(frames))));
    *response.headers_mut() = headers;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    response
}

pub(crate) fn frame(message: &[u8]) -> Bytes {
    let mut frame = vec![0];
    frame.extend((message.len() as u32).to_be_bytes());
    frame.extend(message);
    frame.into()
}

fn unframe(mut bytes: &[u8]) -> Vec<Bytes> {
    let mut messages = Vec::new();
    while let Some((head, rest)) = bytes.split_first_chunk::<5>() {
        let length = u32::from_be_bytes(head[1..].try_into().unwrap()) as usize;
        messages.push(Bytes::copy_from_slice(&rest[..length]));
        bytes = &rest[length..];
    }
    assert!(bytes.is_empty(), "cut short");
    messages
}

/// The message as prost-reflect prints it.
pub(crate) fn decode(name: &str, bytes: &[u8]) -> Value {
    let descriptor = POOL.get_message_by_name(&format!("careway.shelf.v1.{name}")).unwrap();
    serde_json::to_value(DynamicMessage::decode(descriptor, bytes).unwrap()).unwrap()
}

/// The message that prost-reflect reads from this JSON.
pub(crate) fn encode(name: &str, json: Value) -> Bytes {
    let full = if name.contains('.') { name.to_owned() } else { format!("careway.shelf.v1.{name}") };
    let descriptor = POOL.get_message_by_name(&full).unwrap();
    DynamicMessage::deserialize(descriptor, json).unwrap().encode_to_vec().into()
}

/// A good unary answer.
pub(crate) fn message(name: &str, json: Value) -> Answer {
    with_metadata(name, json, HeaderMap::new())
}

pub(crate) fn with_metadata(name: &str, json: Value, metadata: HeaderMap) -> Answer {
    Answer::Messages(metadata, vec![encode(name, json)], tonic::Status::ok(""))
}

pub(crate) fn request(method: Method, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path)
}

pub(crate) fn json(method: Method, path: &str, body: impl Into<String>) -> axum::http::request::Builder {
    let body: String = body.into();
    request(method, path).header(header::CONTENT_TYPE, "application/json").extension(body)
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Got {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// `(field, message)` of every violation.
    pub(crate) fn violations(&self) -> Vec<(String, String)> {
        let json = self.json();
        let text = |it: &Value| it.as_str().unwrap().to_owned();
        let list = json["violations"].as_array().unwrap_or_else(|| panic!("no violations: {json}"));
        list.iter().map(|it| (text(&it["field"]), text(&it["message"]))).collect()
    }

    pub(crate) fn assert_problem(&self, status: u16, reason: &str) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json");
        let json = self.json();
        assert_eq!(json["reason"], reason);
        assert_eq!(json["status"], status);
        assert_eq!(json["type"], format!("/problems/{reason}"));
        assert!(json["title"].is_string() && json["detail"].is_string());
    }
}

/// Sends a request whose body, if any, was given to [`json`].
pub(crate) async fn send(router: &Router, builder: axum::http::request::Builder) -> Got {
    let mut request = builder.body(Body::empty()).unwrap();
    if let Some(body) = request.extensions_mut().remove::<String>() {
        *request.body_mut() = body.into();
    }
    send_request(router, request).await
}

pub(crate) async fn send_request(router: &Router, request: Request<Body>) -> Got {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Got { status: parts.status, headers: parts.headers, body }
}

/// A body in these chunks, of unknown length.
pub(crate) fn chunked(chunks: Vec<Bytes>) -> Body {
    Body::from_stream(stream::iter(chunks).map(Ok::<_, Infallible>))
}
