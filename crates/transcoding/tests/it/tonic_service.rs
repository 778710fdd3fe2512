//! A real tonic service behind the router: in process, and over a channel.

use axum::{
    Router,
    body::Body,
    http::{Method, Request},
};
use careway_transcoding::{Settings, Transcoder, Upstream};
use http_body_util::BodyExt;
use serde_json::json;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::{Channel, Server};
use tonic_health::ServingStatus;
use tower::{ServiceExt, util::BoxCloneSyncService};

use crate::support::{pool, request, send};

fn router(upstream: Upstream) -> Router {
    let transcoder = Transcoder::new(pool("health.proto"), Settings::default()).unwrap();
    transcoder.router(|_| Some(upstream.clone())).unwrap()
}

async fn in_process() -> Upstream {
    let (reporter, service) = tonic_health::server::health_reporter();
    reporter.set_service_status("visits", ServingStatus::Serving).await;
    let service = tonic::service::Routes::new(service);
    BoxCloneSyncService::new(ServiceExt::<Request<tonic::body::Body>>::map_err(service, Into::into))
}

async fn over_a_channel() -> Upstream {
    let (reporter, service) = tonic_health::server::health_reporter();
    reporter.set_service_status("visits", ServingStatus::Serving).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = Server::builder().add_service(service).serve_with_incoming(TcpListenerStream::new(listener));
    tokio::spawn(server);
    let channel = Channel::from_shared(format!("http://{address}")).unwrap().connect_lazy();
    BoxCloneSyncService::new(channel.map_err(Into::into))
}

#[tokio::test]
async fn unary_calls_and_refusals() {
    for upstream in [in_process().await, over_a_channel().await] {
        let router = router(upstream);
        let got = send(&router, request(Method::GET, "/v1/health/visits")).await;
        assert_eq!((got.status.as_u16(), got.json()), (200, json!({"status": "SERVING"})));
        send(&router, request(Method::GET, "/v1/health/nobody")).await.assert_problem(404, "NOT_FOUND");
    }
}

#[tokio::test]
async fn a_stream_shows_each_message_at_once() {
    for upstream in [in_process().await, over_a_channel().await] {
        let sent = request(Method::GET, "/v1/health/visits/watch").body(Body::empty()).unwrap();
        let mut body = router(upstream).oneshot(sent).await.unwrap().into_body();
        let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!(first, "{\"status\":\"SERVING\"}\n");
    }
}

#[tokio::test]
async fn a_channel_to_nowhere_is_unavailable() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let channel = Channel::from_shared(format!("http://{address}")).unwrap().connect_lazy();
    let router = router(BoxCloneSyncService::new(channel.map_err(Into::into)));
    let got = send(&router, request(Method::GET, "/v1/health/visits")).await;
    got.assert_problem(503, "UPSTREAM_UNAVAILABLE");
}
