//! Liveness and readiness, outside the edge stack, so that an overloaded gateway still answers them. Metrics are not for the
//! outside: they are answered on the operators' port.

use axum::{Router, routing::get};
use careway_service::{Database, Stopping, health};
use http::StatusCode;

/// What readiness is answered from.
#[derive(Clone)]
pub struct Readiness {
    /// Databases of this process that must answer; none for a gateway alone.
    pub databases: Vec<Database>,
    /// Whether the process is about to end: not ready any more.
    pub stopping: Stopping,
}

pub(crate) fn router(readiness: Readiness) -> Router {
    let ready = move || {
        let Readiness { databases, stopping } = readiness.clone();
        async move { health::readiness(databases, &stopping).await }
    };
    Router::new().route("/livez", get(async || (StatusCode::OK, "alive\n"))).route("/readyz", get(ready))
}
