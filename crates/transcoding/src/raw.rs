//! `google.api.HttpBody`: bodies that are not JSON, streamed both ways without being held.

use std::sync::{Arc, OnceLock};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::Response,
};
use bytes::Bytes;
use futures::{StreamExt, stream};
use http_body::Frame;
use http_body_util::StreamBody;

use crate::{
    Problem,
    call::{Answer, Opened},
    endpoint::{self, Endpoint},
    frames::{HEAD, Messages, Outgoing},
    headers::{Context, RAW_LENGTH, REPR_DIGEST},
    linger::Lingering,
    request::{self, RestCall},
    schema::Schemas,
    wire::{self, Wire},
};

/// One message of an upload.
const CHUNK: usize = 64 << 10;
const CONTENT_TYPE: u32 = 1;
const DATA: u32 = 2;

const HTTP_STATUS: HeaderName = HeaderName::from_static("careway-http-status");
/// What a service may say about its raw answer in the metadata, beside `careway-http-status` and
/// `careway-content-length`.
const PASSED_THROUGH: [HeaderName; 8] = [
    header::CONTENT_DISPOSITION,
    header::ETAG,
    header::CONTENT_RANGE,
    header::ACCEPT_RANGES,
    header::CACHE_CONTROL,
    header::LAST_MODIFIED,
    header::RETRY_AFTER,
    REPR_DIGEST,
];
/// What is raw may be anybody's file: a browser takes it for what it is called, and runs nothing in it.
const PROTECTION: [(HeaderName, HeaderValue); 2] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'")),
];

/// Why an upload could not be read to its end, if so.
pub(crate) type Broken = Arc<OnceLock<Problem>>;

/// The whole body in one message, uncopied.
pub(crate) async fn taken_whole(
    endpoint: &Endpoint,
    schemas: &Schemas,
    parts: &Parts,
    body: Body,
) -> Result<RestCall, Problem> {
    let mut encoded = request::parameters(endpoint, schemas, parts)?;
    let content_type = content_type(endpoint, parts)?;
    let data = request::read(body, endpoint.limits.raw).await?;
    put_chunk_head(&mut encoded, field_number(endpoint, schemas), content_type, data.len());
    Ok(RestCall { message: Outgoing::new(encoded, data), missing: Vec::new() })
}

/// The body in messages of at most [`CHUNK`] bytes, the parameters in the first; read as fast as they are taken.
pub(crate) fn upload(
    endpoint: &Endpoint,
    schemas: &Schemas,
    parts: &Parts,
    body: Body,
) -> Result<(tonic::body::Body, Broken), Problem> {
    let body = Lingering::new(&parts.headers, body);
    let mut head = request::parameters(endpoint, schemas, parts)?;
    let content_type = content_type(endpoint, parts)?.to_owned();
    let field = field_number(endpoint, schemas);
    put_chunk_head(&mut head, field, &content_type, 0);
    let opening = Outgoing::new(head, Bytes::new()).head;
    let broken = Broken::default();
    let noted = Arc::clone(&broken);
    let pieces = stream::unfold(body, |mut body| async move { Some((body.next().await?, body)) });
    let chunks = pieces.flat_map(move |read| {
        let frames = match read {
            Ok(data) => chunk_frames(field, data),
            Err(error) => {
                tracing::debug!(%error, "the upload broke off");
                noted.set(request::broken(&error)).ok();
                // Not "cancelled": tonic takes that for the end of the request, and the service half for the whole.
                vec![Err(tonic::Status::aborted("the upload broke off"))]
            }
        };
        stream::iter(frames)
    });
    let frames = stream::iter([Ok(Frame::data(opening))]).chain(chunks);
    Ok((tonic::body::Body::new(StreamBody::new(frames)), broken))
}

fn chunk_frames(field: u32, mut data: Bytes) -> Vec<Result<Frame<Bytes>, tonic::Status>> {
    let mut frames = Vec::with_capacity(2 * data.len().div_ceil(CHUNK));
    while !data.is_empty() {
        let chunk = data.split_to(data.len().min(CHUNK));
        let mut head = vec![0; HEAD];
        put_chunk_head(&mut head, field, "", chunk.len());
        let Outgoing { head, tail } = Outgoing::new(head, chunk);
        frames.extend([Ok(Frame::data(head)), Ok(Frame::data(tail))]);
    }
    frames
}

/// An `HttpBody` up to where its data begins.
fn put_chunk_head(out: &mut Vec<u8>, field: u32, content_type: &str, length: usize) {
    let mut inner = Vec::with_capacity(content_type.len() + 16);
    if !content_type.is_empty() {
        wire::put_bytes(&mut inner, CONTENT_TYPE, content_type.as_bytes());
    }
    if length > 0 {
        wire::put_tag(&mut inner, DATA, 2);
        wire::put_varint(&mut inner, length as u64);
    }
    wire::put_tag(out, field, 2);
    wire::put_varint(out, (inner.len() + length) as u64);
    out.extend_from_slice(&inner);
}

fn field_number(endpoint: &Endpoint, schemas: &Schemas) -> u32 {
    match endpoint.body {
        endpoint::Body::Raw(index) => schemas.message(endpoint.input).fields[index].number,
        _ => 0,
    }
}

fn content_type<'p>(endpoint: &Endpoint, parts: &'p Parts) -> Result<&'p str, Problem> {
    let media_type = request::media_type(parts);
    let consumes = &endpoint.route.consumes;
    let fits = |accepted: &String| match accepted.strip_suffix("/*") {
        Some(family) => media_type.split('/').next().is_some_and(|it| it.eq_ignore_ascii_case(family)),
        None => accepted.eq_ignore_ascii_case(media_type) || accepted == "*/*",
    };
    if !consumes.is_empty() && !consumes.iter().any(fits) {
        return Err(Problem::unsupported_media_type(&consumes.join(" or ")));
    }
    let whole = parts.headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    Ok(whole.unwrap_or("application/octet-stream"))
}

/// A raw answer that came in one message.
pub(crate) fn whole(answer: Answer) -> Result<Response, Problem> {
    let (content_type, data) = open(&answer.message)?;
    response(&answer.headers, &content_type, data.into())
}

/// A raw answer, chunk by chunk. What fails before the first chunk is a problem; later, the connection breaks off.
pub(crate) async fn download(opened: Opened, context: &Context) -> Result<Response, Problem> {
    let Opened { headers, mut messages } = opened;
    let first = context
        .in_time(async { messages.next().await.map_err(|status| Problem::from_status(&status)) })
        .await?
        .unwrap_or_default();
    let (content_type, data) = open(&first)?;
    let rest = stream::try_unfold(messages, next_chunk);
    let body = stream::iter([Ok(data)]).chain(rest);
    response(&headers, &content_type, Body::from_stream(body))
}

async fn next_chunk(mut messages: Messages) -> Result<Option<(Bytes, Messages)>, tonic::Status> {
    let Some(message) = messages.next().await? else { return Ok(None) };
    let (_, data) = open(&message).map_err(|_| tonic::Status::internal("not an HttpBody"))?;
    Ok(Some((data, messages)))
}

/// The content type and the data of an `HttpBody`, the data uncopied.
fn open(message: &Bytes) -> Result<(String, Bytes), Problem> {
    let block = |number| match wire::find(message, &[number])? {
        Some(Wire::Bytes(bytes)) => Ok(message.slice_ref(bytes)),
        _ => Ok::<_, Problem>(Bytes::new()),
    };
    let content_type = String::from_utf8(block(CONTENT_TYPE)?.to_vec()).map_err(|_| Problem::internal())?;
    Ok((content_type, block(DATA)?))
}

/// The status, the headers and the data; for a range that there is not, a problem.
fn response(metadata: &HeaderMap, content_type: &str, body: Body) -> Result<Response, Problem> {
    let status = metadata.get(HTTP_STATUS).and_then(|it| StatusCode::from_bytes(it.as_bytes()).ok());
    let status = status.unwrap_or(StatusCode::OK);
    if status == StatusCode::RANGE_NOT_SATISFIABLE {
        let size = metadata.get(header::CONTENT_RANGE).and_then(|it| it.to_str().ok());
        return Err(Problem::range_not_satisfiable(size));
    }
    let unchanged = status == StatusCode::NOT_MODIFIED;
    let mut response = Response::new(if unchanged { Body::empty() } else { body });
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for name in PASSED_THROUGH {
        if let Some(value) = metadata.get(&name) {
            headers.insert(name, value.clone());
        }
    }
    if unchanged {
        return Ok(response);
    }
    let content_type = HeaderValue::from_str(content_type).ok().filter(|it| !it.is_empty());
    let content_type = content_type.unwrap_or_else(|| HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, content_type);
    headers.extend(PROTECTION);
    if let Some(length) = metadata.get(RAW_LENGTH) {
        headers.insert(header::CONTENT_LENGTH, length.clone());
    }
    Ok(response)
}
