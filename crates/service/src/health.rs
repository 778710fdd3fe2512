//! What a process answers about itself, on a port of its own: whether it lives, whether it is ready, its metrics.

use std::time::Duration;

use axum::{Router, routing::get};
use http::{StatusCode, header::CONTENT_TYPE};
use metrics_exporter_prometheus::PrometheusHandle;
use metrics_process::Collector;
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

use crate::{database::Database, stopping::Stopping};

/// Prometheus' text format.
const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Answers liveness, readiness and metrics until the ports close.
pub async fn serve_health(
    listener: TcpListener,
    databases: Vec<Database>,
    metrics: PrometheusHandle,
    background_tasks: TaskTracker,
    stopping: Stopping,
) {
    let closing = stopping.closing().clone();
    let looked_at = databases.clone();
    let told = move || {
        metrics::gauge!("careway_background_tasks").set(background_tasks.len() as f64);
        look(&looked_at);
        std::future::ready(([(CONTENT_TYPE, TEXT_FORMAT)], metrics.render()))
    };
    let ready = move || {
        let (databases, stopping) = (databases.clone(), stopping.clone());
        async move { readiness(databases, &stopping).await }
    };
    let router = Router::new()
        .route("/livez", get(async || "alive\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(told));
    let ended =
        axum::serve(listener, router).with_graceful_shutdown(async move { closing.cancelled().await }).await;
    if let Err(error) = ended {
        tracing::error!(%error, "the health port failed");
    }
}

/// Measures what stands so now: the process itself, and its databases' connections.
fn look(databases: &[Database]) {
    Collector::default().collect();
    for database in databases {
        let (pool, name) = (database.connections(), database.name().to_owned());
        let lent = pool.open.saturating_sub(pool.idle);
        for (state, connections) in [("idle", pool.idle), ("lent", lent)] {
            metrics::gauge!("careway_database_connections", "database" => name.clone(), "state" => state)
                .set(connections as f64);
        }
        metrics::gauge!("careway_database_waiting", "database" => name).set(pool.waiting as f64);
    }
}

/// Ready: not about to end, and every database answers.
pub async fn readiness(databases: Vec<Database>, stopping: &Stopping) -> (StatusCode, &'static str) {
    if stopping.is_leaving() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    for database in databases {
        if !matches!(tokio::time::timeout(Duration::from_secs(1), database.probe()).await, Ok(Ok(()))) {
            return (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n");
        }
    }
    (StatusCode::OK, "ready\n")
}
