//! Liveness, readiness and metrics; outside the edge stack, so that an overloaded gateway still answers them.

use std::sync::Arc;

use axum::{Router, routing::get};
use careway_service::{Database, run};
use http::StatusCode;
use tokio_util::sync::CancellationToken;

/// What readiness and metrics are answered from.
#[derive(Clone)]
pub struct Readiness {
    /// Databases of this process that must answer; none for a gateway alone.
    pub databases: Vec<Database>,
    /// Cancelled when the process is about to end: not ready any more.
    pub stopping: CancellationToken,
    /// Renders the metrics in Prometheus' text format.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
}

pub(crate) fn router(readiness: Readiness) -> Router {
    let metrics = readiness.metrics.clone();
    Router::new()
        .route("/livez", get(async || (StatusCode::OK, "alive\n")))
        .route("/readyz", get(move || run::readiness(readiness.databases.clone(), readiness.stopping.clone())))
        .route("/metrics", get(move || std::future::ready(metrics())))
}
