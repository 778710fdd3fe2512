//! A unary answer as an HTTP response: JSON, `ETag`, `Location`, `Idempotency-Replayed`.

use std::fmt::Write;

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    Problem,
    call::Answer,
    endpoint::{Endpoint, Piece, Reply},
    print,
    schema::Schemas,
    wire::{self, Corrupt, Wire},
};

const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl From<Corrupt> for Problem {
    fn from(_: Corrupt) -> Self {
        tracing::debug!("the answer is not the contract's message");
        Self::internal()
    }
}

/// The response of an RPC that answers with a message.
pub(crate) fn reply(endpoint: &Endpoint, schemas: &Schemas, answer: Answer) -> Result<Response, Problem> {
    let mut response = match endpoint.reply {
        Reply::Json(output) => json(endpoint, schemas, output, &answer.message)?,
        _ => {
            let mut response = Response::default();
            *response.status_mut() = StatusCode::NO_CONTENT;
            response
        }
    };
    if endpoint.route.accepted {
        *response.status_mut() = StatusCode::ACCEPTED;
    }
    if answer.headers.get(IDEMPOTENCY_REPLAYED).is_some_and(|it| it == "true") {
        response.headers_mut().insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

fn json(endpoint: &Endpoint, schemas: &Schemas, output: usize, message: &[u8]) -> Result<Response, Problem> {
    let mut response = Response::new(print::print(schemas, output, message)?.into());
    let headers: &mut HeaderMap = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(Wire::Varint(version)) = wire::find(message, &endpoint.version)?
        && let Ok(tag) = HeaderValue::from_str(&format!("\"v{version}\""))
    {
        headers.insert(header::ETAG, tag);
    }
    if !endpoint.location.is_empty() {
        if let Some(location) = location(&endpoint.location, message)? {
            headers.insert(header::LOCATION, location);
        }
        *response.status_mut() = StatusCode::CREATED;
    }
    Ok(response)
}

/// None when the answer does not hold what the template wants.
fn location(pieces: &[Piece], message: &[u8]) -> Result<Option<HeaderValue>, Corrupt> {
    let mut location = String::with_capacity(96);
    for piece in pieces {
        let written = match piece {
            Piece::Literal(text) => location.write_str(text),
            Piece::Field(path) => match wire::find(message, path)? {
                Some(Wire::Bytes(bytes)) => {
                    let text = std::str::from_utf8(bytes).map_err(|_| Corrupt)?;
                    write!(location, "{}", utf8_percent_encode(text, UNRESERVED))
                }
                Some(Wire::Varint(number)) => write!(location, "{}", number as i64),
                _ => return Ok(None),
            },
        };
        written.map_err(|_| Corrupt)?;
    }
    Ok(HeaderValue::try_from(location).ok())
}
