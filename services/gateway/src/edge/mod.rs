//! What every request passes, in this order: trace, codings, compression, what every answer is like, host, CORS, method, deadline,
//! a token for a client and its secret, bearer token, rate limit, load shedding, the size of its body, and on routes of the contract
//! the permission; then a coded body is refused. A body that stops coming is given up.

mod address;
mod answers;
mod basic;
mod bearer;
mod bodies;
mod codings;
mod deadline;
mod gcra;
mod host;
mod method;
mod permit;
mod rate_limit;
mod shed;
mod trace;

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use careway_service::Foundation;
use careway_transcoding::Route;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header};
use tower::{Layer, ServiceExt};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, Predicate},
    },
    cors::CorsLayer,
    timeout::RequestBodyTimeoutLayer,
};

use crate::config::Config;

pub(crate) use answers::TOKEN_ENDPOINT;
pub(crate) use basic::pair;
pub(crate) use codings::{Unsupported, coded, plain_before};
pub(crate) use permit::Permits;

/// The edge stack.
pub(crate) struct Edge {
    cors: CorsLayer,
    basic: basic::Basic,
    bearer: bearer::Bearer,
    limits: Arc<rate_limit::Limits>,
    shed: shed::Shed,
    bodies: bodies::Bodies,
    budgets: deadline::Budgets,
    body_idle: Duration,
    trusted_proxies: usize,
}

impl Edge {
    pub(crate) fn new(config: &Config, foundation: &Foundation, routes: &[Route]) -> anyhow::Result<Self> {
        let bodies = bodies::Bodies::new(config, routes);
        let limits = Arc::new(rate_limit::Limits::new(config, foundation));
        Ok(Self {
            cors: cors(&config.cors_origins)?,
            basic: basic::Basic::new(foundation.registry.upstream("identity"), limits.clone()),
            bearer: bearer::Bearer::new(foundation.verifier.clone()),
            limits,
            shed: shed::Shed::new(config.concurrency),
            budgets: deadline::Budgets::new(config, bodies.clone()),
            bodies,
            body_idle: Duration::from_millis(config.idle_timeout_ms),
            trusted_proxies: config.trusted_proxies,
        })
    }

    /// Layers are listed from the innermost outwards.
    pub(crate) fn around(self, router: Router) -> Router {
        let router = router
            .layer(RequestBodyTimeoutLayer::new(self.body_idle))
            .layer(middleware::from_fn_with_state(self.bodies, bodies::bound))
            .layer(middleware::from_fn_with_state(self.shed, shed::shed))
            .layer(middleware::from_fn_with_state(self.limits, rate_limit::limit))
            .layer(middleware::from_fn_with_state(self.bearer, bearer::check))
            .layer(middleware::from_fn_with_state(self.basic, basic::exchange))
            .layer(middleware::from_fn_with_state(self.budgets, deadline::hold))
            .layer(middleware::from_fn(method::known));
        answers::whole(router)
            .layer(CatchPanicLayer::custom(trace::panicked))
            .layer(middleware::from_fn_with_state(self.cors, cross))
            .layer(middleware::from_fn(host::named))
            .layer(middleware::from_fn(answers::complete))
            .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(may_be_transformed)))
            .layer(middleware::from_fn(codings::settle))
            .layer(middleware::from_fn(trace::trace))
            .layer(middleware::from_fn_with_state(self.trusted_proxies, address::find))
    }
}

/// What says `no-transform` is not compressed: its ETag and digest are of the very bytes.
fn may_be_transformed(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let caching = headers.get(header::CACHE_CONTROL).and_then(|value| value.to_str().ok());
    !caching.is_some_and(|directives| directives.split(',').any(|it| it.trim() == "no-transform"))
}

/// What a browser asks and is told about other origins. An OPTIONS that none sent before a request asks for the methods.
async fn cross(State(cors): State<CorsLayer>, request: Request, next: Next) -> Response {
    let preflight = request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if request.method() == Method::OPTIONS && !preflight {
        return next.run(request).await;
    }
    cors.layer(next).oneshot(request).await.into_response()
}

fn cors(origins: &[String]) -> anyhow::Result<CorsLayer> {
    let origins: Vec<HeaderValue> = origins
        .iter()
        .map(|origin| origin.parse().context("CAREWAY_GATEWAY_CORS_ORIGINS"))
        .collect::<Result<_, _>>()?;
    let ours = [
        "content-digest",
        "idempotency-key",
        "if-match",
        "if-none-match",
        "if-range",
        "range",
        "traceparent",
        "tracestate",
    ]
    .map(HeaderName::from_static);
    let shown = [
        "accept-ranges",
        "content-disposition",
        "content-range",
        "deprecation",
        "etag",
        "idempotency-replayed",
        "location",
        "ratelimit",
        "ratelimit-policy",
        "repr-digest",
        "retry-after",
        "sunset",
        "www-authenticate",
        "x-request-id",
    ]
    .map(HeaderName::from_static);
    Ok(CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers(
            [header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT_LANGUAGE]
                .into_iter()
                .chain(ours)
                .collect::<Vec<_>>(),
        )
        .expose_headers(shown)
        .max_age(Duration::from_secs(3600)))
}
