//! Liveness and readiness, outside the edge stack, so that an overloaded gateway still answers them. Metrics are not for the
//! outside: they are answered on the operators' port.

use axum::{Router, routing::get};
use careway_service::{Database, run};
use http::StatusCode;
use tokio_util::sync::CancellationToken;

/// What readiness is answered from.
#[derive(Clone)]
pub struct Readiness {
    /// Databases of this process that must answer; none for a gateway alone.
    pub databases: Vec<Database>,
    /// Cancelled when the process is about to end: not ready any more.
    pub stopping: CancellationToken,
}

pub(crate) fn router(readiness: Readiness) -> Router {
    Router::new().route("/livez", get(async || (StatusCode::OK, "alive\n"))).route(
        "/readyz",
        get(move || run::readiness(readiness.databases.clone(), readiness.stopping.clone())),
    )
}
