//! Whom a request is for (RFC 9112, 3.2): in HTTP/1.1 one host, that could be one.

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use careway_transcoding::{Problem, Violation};
use http::{HeaderMap, Version, header::HOST, uri::Authority};

pub(crate) async fn named(request: Request, next: Next) -> Response {
    if is_named(request.version(), request.headers()) {
        return next.run(request).await;
    }
    let message = "must be given once: a name or an address, with a port where it needs one".to_owned();
    Problem::invalid(vec![Violation { field: "Host".to_owned(), message }]).into_response()
}

fn is_named(version: Version, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) => version != Version::HTTP_11,
        (Some(host), None) => is_host(host.as_bytes()),
        (Some(_), Some(_)) => false,
    }
}

/// Host and port, and nobody's name before them.
fn is_host(text: &[u8]) -> bool {
    let Ok(authority) = Authority::try_from(text) else { return false };
    let port = authority.as_str().strip_prefix(authority.host());
    let is_port = |port: &str| port.is_empty() || port.strip_prefix(':').is_some_and(is_number);
    !authority.host().is_empty() && port.is_some_and(is_port)
}

fn is_number(port: &str) -> bool {
    port.is_empty() || port.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(version: Version, hosts: &[&str]) -> bool {
        is_named(version, &hosts.iter().map(|host| (HOST, host.parse().unwrap())).collect())
    }

    #[test]
    fn a_request_is_for_one_host() {
        for host in ["careway.example", "127.0.0.1:8080", "[::1]:8080", "careway_gateway", "a:"] {
            assert!(named(Version::HTTP_11, &[host]), "{host}");
        }
        for none in
            ["", "a b", "a/b", "somebody@careway.example", "a:port", "a:99999", ":80", "a, b", "\u{e9}"]
        {
            assert!(!named(Version::HTTP_11, &[none]), "{none}");
        }
        assert!(!named(Version::HTTP_11, &[]));
        assert!(!named(Version::HTTP_11, &["a", "b"]));
        assert!(!named(Version::HTTP_11, &["a", "a"]));
        assert!(named(Version::HTTP_10, &[]));
        assert!(!named(Version::HTTP_10, &["a", "b"]));
    }
}
