//! From HTTP headers and request extensions to gRPC metadata, and how long the call may take.

use std::{net::IpAddr, time::Duration};

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts};
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
/// Who wrote a raw body: a keyed hash of it, in hexadecimal.
const SIGNATURE: HeaderName = HeaderName::from_static("careway-signature");
/// By which a client asks for a part of a raw answer.
const OF_RANGES: [HeaderName; 2] = [header::RANGE, header::IF_RANGE];
/// What a client may say of a raw body before it sends it.
const OF_UPLOADS: [HeaderName; 3] = [CONTENT_DIGEST, REPR_DIGEST, SIGNATURE];

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
            forward(header::IF_NONE_MATCH);
            // RFC 9110, 14.2: a range is one of a GET.
            if parts.method != Method::HEAD {
                OF_RANGES.into_iter().for_each(&mut forward);
            }
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
        let detail = "An Idempotency-Key is required.";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "IDEMPOTENCY_KEY_REQUIRED", detail));
    };
    let key = value.as_bytes();
    let key = key.strip_prefix(b"\"").and_then(|key| key.strip_suffix(b"\"")).unwrap_or(key);
    let visible = key.iter().all(u8::is_ascii_graphic);
    if !(16..=255).contains(&key.len()) || !visible || headers.get_all(IDEMPOTENCY_KEY).iter().count() > 1 {
        let detail = "An Idempotency-Key has 16 to 255 visible ASCII characters.";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "MALFORMED_IDEMPOTENCY_KEY", detail));
    }
    HeaderValue::from_bytes(key).map_err(|_| Problem::internal())
}

/// The version that an entity tag stands for, bare, when it is to the letter one that we give, like `"v7"`; any other goes as
/// it is: the service knows that nothing has it.
fn if_match(headers: &HeaderMap) -> Result<HeaderValue, Problem> {
    let mut values = headers.get_all(header::IF_MATCH).iter();
    let Some(value) = values.next() else {
        let detail = "If-Match is required, with the ETag that you read.";
        return Err(Problem::new(StatusCode::PRECONDITION_REQUIRED, "PRECONDITION_REQUIRED", detail));
    };
    match value.to_str().ok().and_then(opaque).filter(|_| values.next().is_none()) {
        Some(opaque) => Ok(version(value, opaque).map_or_else(|| value.clone(), |version| ascii(&version))),
        None => {
            let detail = "If-Match takes the one ETag that you read, like \"v7\".";
            Err(Problem::new(StatusCode::BAD_REQUEST, "MALFORMED_IF_MATCH", detail))
        }
    }
}

/// What stands between the quotes of a single entity tag.
fn opaque(tag: &str) -> Option<&str> {
    let opaque = tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"')?;
    (!opaque.contains(['"', ' '])).then_some(opaque)
}

fn version(tag: &HeaderValue, opaque: &str) -> Option<String> {
    let version: u32 = opaque.strip_prefix('v')?.parse().ok()?;
    (*tag == format!("\"v{version}\"")).then(|| version.to_string())
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
