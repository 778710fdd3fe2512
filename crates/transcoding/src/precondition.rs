//! Conditional reads (RFC 9110, 13.1): of what a client has already, and of what it wants to be the same still.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};

use crate::Problem;

/// The answer to a read, or what its conditions make of it. `whole`: its ETag stands for all that is in it.
pub(crate) fn settle(headers: &HeaderMap, whole: bool, mut read: Response) -> Result<Response, Problem> {
    let Some(etag) = read.headers().get(header::ETAG) else { return Ok(read) };
    if named(headers, &header::IF_MATCH, |tag| tag == etag && !tag.starts_with("W/")) == Some(false) {
        return Err(Problem::stale());
    }
    if whole && is_known(headers, etag) {
        *read.status_mut() = StatusCode::NOT_MODIFIED;
        *read.body_mut() = Body::empty();
        read.headers_mut().remove(header::CONTENT_TYPE);
    }
    Ok(read)
}

/// Whether `If-None-Match` names this ETag: the client has it already.
pub fn is_known(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let known = etag.to_str().map(opaque).unwrap_or_default();
    named(headers, &header::IF_NONE_MATCH, |tag| opaque(tag) == known) == Some(true)
}

/// What is compared where a weak validator will do (RFC 9110, 8.8.3.2).
fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

/// Whether one of the header's tags fits, or it is `*`; none without the header.
fn named(headers: &HeaderMap, name: &HeaderName, fits: impl Fn(&str) -> bool) -> Option<bool> {
    let lines: Vec<_> = headers.get_all(name).iter().collect();
    let texts = lines.iter().filter_map(|line| line.to_str().ok());
    (!lines.is_empty()).then(|| texts.flat_map(tags).any(|tag| tag == "*" || fits(tag)))
}

/// The entity tags of a line. A comma may stand in one.
fn tags(line: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    let between = move |letter| {
        quoted ^= letter == '"';
        letter == ',' && !quoted
    };
    line.split(between).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: HeaderName, value: &str, whole: bool) -> Option<u16> {
        let headers = HeaderMap::from_iter([(name, value.parse().unwrap())]);
        let mut answer = Response::new(Body::empty());
        answer.headers_mut().insert(header::ETAG, HeaderValue::from_static("\"v7\""));
        settle(&headers, whole, answer).ok().map(|answer| answer.status().as_u16())
    }

    #[test]
    fn a_read_is_answered_by_what_its_client_has() {
        for known in ["\"v7\"", "W/\"v7\"", "*", "\"a,b\", \"v7\"", "\"v6\",\"v7\""] {
            assert_eq!(read(header::IF_NONE_MATCH, known, true), Some(304), "{known}");
            assert_eq!(read(header::IF_NONE_MATCH, known, false), Some(200), "there is more in it: {known}");
        }
        for other in ["\"v6\"", "v7", "\"v07\"", "\"a,\"v7\"\"", ""] {
            assert_eq!(read(header::IF_NONE_MATCH, other, true), Some(200), "{other}");
        }
    }

    #[test]
    fn a_read_of_another_version_than_is_wanted_is_refused() {
        for same in ["\"v7\"", "*", "\"v6\", \"v7\""] {
            assert_eq!(read(header::IF_MATCH, same, true), Some(200), "{same}");
        }
        for other in ["\"v07\"", "W/\"v7\"", "\"v8\"", "v7"] {
            assert_eq!(read(header::IF_MATCH, other, false), None, "{other}");
        }
    }
}
