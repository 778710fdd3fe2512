//! How long the answer may take, by what is asked; around everything that may keep it waiting, the body included.

use std::time::Duration;

use axum::{
    body::HttpBody,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use careway_transcoding::{Deadline, Problem};
use http::Method;
use tokio::time::{Instant, timeout_at};

use super::bodies::Bodies;
use crate::config::Config;

/// The time reads, commands and uploads have.
#[derive(Clone)]
pub(crate) struct Budgets {
    bodies: Bodies,
    read: Duration,
    write: Duration,
    upload: Duration,
    upload_rate: u64,
}

impl Budgets {
    pub(crate) fn new(config: &Config, bodies: Bodies) -> Self {
        Self {
            bodies,
            read: Duration::from_millis(config.read_budget_ms),
            write: Duration::from_millis(config.write_budget_ms),
            upload: Duration::from_millis(config.upload_budget_ms),
            upload_rate: config.upload_bytes_per_second.max(1),
        }
    }

    fn of(&self, request: &Request) -> Duration {
        match self.bodies.upload(request) {
            Some(most) => self.upload + self.on_the_way(request.body().size_hint().lower().min(most)),
            None if matches!(*request.method(), Method::GET | Method::HEAD) => self.read,
            None => self.write,
        }
    }

    /// How long a body of this length takes over the slowest line.
    fn on_the_way(&self, length: u64) -> Duration {
        // A day is as good as for ever, and can be added to an instant.
        Duration::from_secs((length / self.upload_rate).min(86_400))
    }
}

pub(crate) async fn hold(State(budgets): State<Budgets>, mut request: Request, next: Next) -> Response {
    let deadline = Instant::now() + budgets.of(&request);
    request.extensions_mut().insert(Deadline(deadline));
    match timeout_at(deadline, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::timeout().into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::{Extension, Router, body::Body, middleware, routing::any};
    use clap::Parser;
    use http::{StatusCode, header::CONTENT_TYPE};
    use http_body_util::BodyExt;
    use tokio::time::timeout;
    use tower::ServiceExt;

    use super::*;

    #[derive(Parser)]
    struct CommandLine {
        #[command(flatten)]
        config: Config,
    }

    /// The gateway's budgets, a second for reads and two for commands, over the contract's routes.
    fn budgets() -> Budgets {
        let mut config = CommandLine::parse_from(["gateway"]).config;
        (config.read_budget_ms, config.write_budget_ms, config.upload_budget_ms) = (1_000, 2_000, 100_000);
        (config.upload_bytes_per_second, config.max_upload_bytes) = (1_000, 50_000);
        let bodies = Bodies::new(&config, &crate::routes().unwrap());
        Budgets::new(&config, bodies)
    }

    /// The seconds that a request of this type and length has.
    async fn seconds(method: Method, path: &str, media: &str, length: usize) -> u64 {
        let left = any(async |Extension(Deadline(deadline)): Extension<Deadline>| {
            (deadline - Instant::now()).as_secs_f64().round().to_string()
        });
        let router = Router::new()
            .route("/v1/sessions", left.clone())
            .route("/v1/members/import", left)
            .layer(middleware::from_fn_with_state(budgets(), hold));
        let request = Request::builder().method(method).uri(path).header(CONTENT_TYPE, media);
        let request = request.body(Body::from(vec![b'a'; length])).unwrap();
        let answer = router.oneshot(request).await.unwrap().into_body().collect().await.unwrap().to_bytes();
        std::str::from_utf8(&answer).unwrap().parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn only_an_upload_has_the_time_that_it_needs_and_no_more_than_its_route_takes() {
        let import = "/v1/members/import";
        assert_eq!(seconds(Method::GET, "/v1/sessions", "application/pdf", 50_000).await, 1);
        assert_eq!(seconds(Method::POST, "/v1/sessions", "application/json", 50_000).await, 2);
        assert_eq!(
            seconds(Method::POST, "/v1/sessions", "text/plain", 50_000).await,
            2,
            "whatever it is called"
        );
        assert_eq!(seconds(Method::POST, import, "text/csv", 50_000).await, 150);
        let most = 100 + 10_485;
        assert_eq!(seconds(Method::POST, import, "text/csv", 11 << 20).await, most, "what is taken of it");
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_ends_is_given_up_whoever_reads_it() {
        let mut budgets = budgets();
        budgets.write = Duration::from_millis(20);
        let router = Router::new()
            .route("/oauth2/token", any(async |body: String| body))
            .layer(middleware::from_fn_with_state(budgets, hold));
        let endless = Body::from_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>());
        let request = Request::post("/oauth2/token").body(endless).unwrap();
        let answer = timeout(Duration::from_secs(60), router.oneshot(request)).await.expect("it is given up");
        assert_eq!(answer.unwrap().status(), StatusCode::GATEWAY_TIMEOUT);
    }
}
