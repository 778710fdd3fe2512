//! From HTTP headers and request extensions to gRPC metadata, and how long the call may take.

use std::{net::IpAddr, time::Duration};

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts};
use tokio::time::Instant;

use crate::{
    Problem,
    endpoint::{Body, Endpoint, Reply},
};

/// The client's address as the gateway knows it; a request extension. A header of that name is never believed.
#[derive(Debug, Clone, Copy)]
pub struct ClientIp(pub IpAddr);

/// When the answer must be there; a request extension.
#[derive(Debug, Clone, Copy)]
pub struct Deadline(pub Instant);

/// The trace that problems name; a request extension. Without it, the one of `traceparent`.
#[derive(Debug, Clone)]
pub struct TraceId(pub String);

pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");
const CLIENT_IP: HeaderName = HeaderName::from_static("careway-client-ip");
const GRPC_TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");
/// The length of a raw body. Not `content-length`: that is the gRPC message's own.
pub(crate) const RAW_LENGTH: HeaderName = HeaderName::from_static("careway-content-length");
pub(crate) const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");
pub(crate) const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");
/// What a client may ask of a raw answer: a part of it, or nothing when it has it already.
const OF_DOWNLOADS: [HeaderName; 3] = [header::RANGE, header::IF_RANGE, header::IF_NONE_MATCH];
/// What a client may say of a raw body before it sends it.
const OF_UPLOADS: [HeaderName; 2] = [CONTENT_DIGEST, REPR_DIGEST];

/// What the answer needs of the way back, taken off the time that the service gets.
const MARGIN: Duration = Duration::from_millis(50);
/// With less than this a call is not worth its start.
const LEAST: Duration = Duration::from_millis(20);

/// What goes with a call beside its message.
pub(crate) struct Context {
    metadata: HeaderMap,
    pub(crate) deadline: Option<Instant>,
}

impl Context {
    /// Reads and checks what the route wants to be told in headers.
    pub(crate) fn read(endpoint: &Endpoint, parts: &Parts) -> Result<Self, Problem> {
        let mut metadata = HeaderMap::with_capacity(12);
        metadata.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
        metadata.insert(header::TE, HeaderValue::from_static("trailers"));
        let mut forward = |name: HeaderName| {
            if let Some(value) = parts.headers.get(&name) {
                metadata.insert(name, value.clone());
            }
        };
        [header::AUTHORIZATION, TRACEPARENT, TRACESTATE, header::ACCEPT_LANGUAGE]
            .into_iter()
            .for_each(&mut forward);
        if matches!(endpoint.reply, Reply::Raw | Reply::Download) {
            OF_DOWNLOADS.into_iter().for_each(&mut forward);
        }
        if matches!(endpoint.body, Body::Raw(_)) {
            OF_UPLOADS.into_iter().for_each(&mut forward);
            if let Some(length) = parts.headers.get(header::CONTENT_LENGTH) {
                metadata.insert(RAW_LENGTH, length.clone());
            }
        }
        if let Some(ClientIp(ip)) = parts.extensions.get() {
            metadata.insert(CLIENT_IP, ascii(&ip.to_string()));
        }
        if endpoint.route.keyed {
            metadata.insert(IDEMPOTENCY_KEY, idempotency_key(&parts.headers)?);
        }
        let conditional = endpoint.route.conditional && parts.headers.contains_key(header::IF_MATCH);
        if endpoint.route.versioned || conditional {
            metadata.insert(header::IF_MATCH, if_match(&parts.headers)?);
        }
        Ok(Self { metadata, deadline: parts.extensions.get().map(|Deadline(at)| *at) })
    }

    /// The metadata of one try, with the time that is left.
    pub(crate) fn metadata(&self) -> Result<HeaderMap, Problem> {
        let mut metadata = self.metadata.clone();
        if let Some(deadline) = self.deadline {
            let left = deadline.saturating_duration_since(Instant::now());
            if left < LEAST {
                return Err(Problem::timeout());
            }
            let given = left.saturating_sub(MARGIN).as_millis().clamp(10, 99_999_999);
            metadata.insert(GRPC_TIMEOUT, ascii(&format!("{given}m")));
        }
        Ok(metadata)
    }

    /// The outcome, or 504 at the deadline.
    pub(crate) async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, Problem>>,
    ) -> Result<T, Problem> {
        match self.deadline {
            None => work.await,
            Some(deadline) => {
                tokio::time::timeout_at(deadline, work).await.unwrap_or_else(|_| Err(Problem::timeout()))
            }
        }
    }
}

fn ascii(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("digits and punctuation")
}

/// The key, bare or as the quoted string of the IETF draft.
fn idempotency_key(headers: &HeaderMap) -> Result<HeaderValue, Problem> {
    let Some(value) = headers.get(IDEMPOTENCY_KEY) else {
        let detail = "this request needs an Idempotency-Key header";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "IDEMPOTENCY_KEY_REQUIRED", detail));
    };
    let key = value.as_bytes();
    let key = key.strip_prefix(b"\"").and_then(|key| key.strip_suffix(b"\"")).unwrap_or(key);
    let visible = key.iter().all(u8::is_ascii_graphic);
    if !(16..=255).contains(&key.len()) || !visible || headers.get_all(IDEMPOTENCY_KEY).iter().count() > 1 {
        let detail = "an Idempotency-Key has 16 to 255 visible ASCII characters";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "MALFORMED_IDEMPOTENCY_KEY", detail));
    }
    HeaderValue::from_bytes(key).map_err(|_| Problem::internal())
}

/// The bare version number of a strong entity tag like `"v7"`.
fn if_match(headers: &HeaderMap) -> Result<HeaderValue, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else {
        let detail = "this request needs an If-Match header with the ETag it is based on";
        return Err(Problem::new(StatusCode::PRECONDITION_REQUIRED, "PRECONDITION_REQUIRED", detail));
    };
    let version = value.to_str().ok().and_then(|tag| tag.strip_prefix("\"v")?.strip_suffix('"'));
    match version {
        Some(digits) if (1..=18).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit()) => {
            Ok(ascii(digits))
        }
        _ => {
            let detail = "If-Match must be one ETag as it was received, like \"v7\"";
            Err(Problem::new(StatusCode::BAD_REQUEST, "MALFORMED_IF_MATCH", detail))
        }
    }
}

/// The trace of a request, if it has one.
pub(crate) fn trace_id(parts: &Parts) -> Option<Box<str>> {
    if let Some(TraceId(id)) = parts.extensions.get() {
        return Some(id.as_str().into());
    }
    let traceparent = parts.headers.get(TRACEPARENT)?.to_str().ok()?;
    let id = traceparent.split('-').nth(1)?;
    (id.len() == 32 && id.bytes().all(|it| it.is_ascii_hexdigit())).then(|| id.into())
}
