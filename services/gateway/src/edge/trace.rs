//! Every request belongs to a trace: the caller's, or a new one. Its id is the request id, told in each answer.

use std::{
    any::Any,
    sync::{Arc, OnceLock},
    time::Instant,
};

use axum::{
    extract::Request,
    http::{HeaderValue, header::HeaderName},
    middleware::Next,
    response::{IntoResponse, Response},
};
use careway_service::telemetry;
use careway_transcoding::{Problem, TraceId};
use tracing::Instrument;

use super::method;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What is measured of requests that no route of the contract took.
const NO_ROUTE: &str = "none";

/// The route of the contract that took a request, once the router knows it.
#[derive(Clone, Default)]
pub(crate) struct Routed(Arc<OnceLock<String>>);

impl Routed {
    /// Tells the trace and the measurements, by its pattern: the path itself may hold a token.
    pub(super) fn tell(request: &Request, pattern: &str) {
        tracing::Span::current().record("http.route", pattern);
        telemetry::rename_current(format!("{} {pattern}", method::label(request.method())));
        if let Some(Self(route)) = request.extensions().get() {
            let _ = route.set(pattern.to_owned());
        }
    }
}

pub(crate) async fn trace(mut request: Request, next: Next) -> Response {
    let inbound =
        request.headers().get(TRACEPARENT).and_then(|value| value.to_str().ok()).filter(|it| is_valid(it));
    // The query may hold personal data, and the path of a route a token: of the contract's routes the span has the pattern,
    // which the router knows. Names are those of OpenTelemetry's semantic conventions for HTTP.
    let method = method::label(request.method());
    let span = tracing::info_span!(
        "request",
        otel.name = method,
        otel.kind = "server",
        http.request.method = method,
        http.route = tracing::field::Empty,
        url.path = tracing::field::Empty,
        http.response.status_code = tracing::field::Empty,
        error.type = tracing::field::Empty
    );
    if !request.uri().path().starts_with("/v1/") {
        span.record("url.path", request.uri().path());
    }
    telemetry::continue_trace(&span, inbound);
    let traceparent = span
        .in_scope(telemetry::current_traceparent)
        .or_else(|| inbound.map(str::to_owned))
        .unwrap_or_else(new_traceparent);
    let trace_id = traceparent[3..35].to_owned();
    if let Ok(value) = HeaderValue::from_str(&traceparent) {
        request.headers_mut().insert(TRACEPARENT, value);
    }
    request.extensions_mut().insert(TraceId(trace_id.clone()));
    let route = Routed::default();
    request.extensions_mut().insert(route.clone());

    let started = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("error.type", status.as_str());
    }
    let labels = [
        ("method", method.to_owned()),
        ("route", route.0.get().map_or(NO_ROUTE, |route| route).to_owned()),
        ("status", status.as_str().to_owned()),
    ];
    metrics::histogram!("careway_http_seconds", &labels).record(started.elapsed().as_secs_f64());
    if let Ok(value) = HeaderValue::from_str(&trace_id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

#[expect(clippy::disallowed_methods, reason = "a trace is no row: its id says nothing of the time")]
fn new_traceparent() -> String {
    let id = uuid::Uuid::new_v4().simple().to_string();
    let span = uuid::Uuid::new_v4().simple().to_string();
    format!("00-{id}-{}-00", &span[..16])
}

/// `00-<32 hex>-<16 hex>-<2 hex>`, neither id all zero.
fn is_valid(traceparent: &str) -> bool {
    let parts: Vec<&str> = traceparent.split('-').collect();
    let hex = |text: &str, length| {
        text.len() == length && text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
    };
    matches!(parts[..], ["00", trace, span, flags]
        if hex(trace, 32) && hex(span, 16) && hex(flags, 2) && trace.contains(|it| it != '0') && span.contains(|it| it != '0'))
}

/// A panic is a fault of ours like any other.
pub(crate) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a request panicked");
    Problem::internal().into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use axum::{Router, body::Body, middleware, routing::any};
    use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
    use tower::ServiceExt;

    use super::*;

    #[test]
    fn only_a_whole_traceparent_is_continued() {
        assert!(is_valid("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
        assert!(!is_valid("00-00000000000000000000000000000000-b7ad6b7169203331-01"));
        assert!(!is_valid("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"));
        assert!(!is_valid("ff"));
        assert!(is_valid(&new_traceparent()));
    }

    /// The names and labels of what is measured.
    fn series(handle: &PrometheusHandle) -> BTreeSet<String> {
        let told = handle.render();
        let lines = told.lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| line.rsplit_once(' ')).map(|(series, _)| series.to_owned()).collect()
    }

    #[test]
    fn a_thousand_methods_that_somebody_made_up_are_refused_and_counted_as_one() {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let router = Router::new()
            .route("/", any(async || "here"))
            .layer(middleware::from_fn(method::known))
            .layer(middleware::from_fn(trace));
        let ask = |method: &str| {
            let request = Request::builder().method(method).uri("/").body(Body::empty()).unwrap();
            runtime.block_on(router.clone().oneshot(request)).unwrap().status().as_u16()
        };
        metrics::with_local_recorder(&recorder, || {
            for known in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
                assert_eq!(ask(known), 200);
            }
            assert_eq!(ask("SECREVIEW"), 501);
            let before = series(&handle);
            assert!(before.iter().any(|series| series.contains("\"PATCH\"")), "{before:?}");
            for number in 0..1000 {
                assert_eq!(ask(&format!("SECREVIEW{number}")), 501);
            }
            assert_eq!(series(&handle), before);
            assert!(before.iter().all(|series| !series.contains("SECREVIEW")));
        });
    }
}
