//! Whose request it is on the network: the peer, or what the trusted proxies before us say of it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::Response,
};
use careway_transcoding::ClientIp;

pub(crate) async fn find(State(trusted): State<usize>, mut request: Request, next: Next) -> Response {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0.ip());
    let address = forwarded(request.headers(), trusted).unwrap_or(peer);
    request.extensions_mut().insert(ClientIp(address.to_canonical()));
    next.run(request).await
}

/// The address our outermost trusted proxy saw: so many from the right. What stands left of it anybody can write.
fn forwarded(headers: &http::HeaderMap, trusted: usize) -> Option<IpAddr> {
    let listed: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    listed.get(listed.len().checked_sub(trusted).filter(|_| trusted > 0)?)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_trusted_proxy_wrote_is_believed() {
        let mut headers = http::HeaderMap::new();
        headers.insert("x-forwarded-for", "6.6.6.6, 1.2.3.4, 10.0.0.1".parse().unwrap());
        assert_eq!(forwarded(&headers, 0), None);
        assert_eq!(forwarded(&headers, 2), "1.2.3.4".parse().ok());
        assert_eq!(forwarded(&headers, 4), None);
    }
}
