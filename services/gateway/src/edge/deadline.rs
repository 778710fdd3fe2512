//! How long the answer may take: by what is asked.

use std::time::Duration;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use careway_transcoding::Deadline;
use http::{Method, header::CONTENT_TYPE};
use tokio::time::Instant;

use crate::config::Config;

/// The time reads, commands and uploads have.
#[derive(Clone, Copy)]
pub(crate) struct Budgets {
    read: Duration,
    write: Duration,
    upload: Duration,
}

impl Budgets {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            read: Duration::from_millis(config.read_budget_ms),
            write: Duration::from_millis(config.write_budget_ms),
            upload: Duration::from_millis(config.upload_budget_ms),
        }
    }

    fn of(&self, request: &Request) -> Duration {
        let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        match (request.method(), content_type) {
            (&Method::GET, _) => self.read,
            (_, None) => self.write,
            (_, Some(media))
                if media.starts_with("application/json") || media.starts_with("application/x-www-form") =>
            {
                self.write
            }
            _ => self.upload,
        }
    }
}

pub(crate) async fn set(State(budgets): State<Budgets>, mut request: Request, next: Next) -> Response {
    let deadline = Instant::now() + budgets.of(&request);
    request.extensions_mut().insert(Deadline(deadline));
    next.run(request).await
}
