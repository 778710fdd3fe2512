//! How long the answer may take: by what is asked.

use std::time::Duration;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use careway_transcoding::Deadline;
use http::{
    HeaderMap, Method,
    header::{CONTENT_LENGTH, CONTENT_TYPE},
};
use tokio::time::Instant;

use crate::config::Config;

/// The time reads, commands and uploads have.
#[derive(Clone, Copy)]
pub(crate) struct Budgets {
    read: Duration,
    write: Duration,
    upload: Duration,
    upload_rate: u64,
}

impl Budgets {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            read: Duration::from_millis(config.read_budget_ms),
            write: Duration::from_millis(config.write_budget_ms),
            upload: Duration::from_millis(config.upload_budget_ms),
            upload_rate: config.upload_bytes_per_second.max(1),
        }
    }

    fn of(&self, method: &Method, headers: &HeaderMap) -> Duration {
        let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        match (method, content_type) {
            (&Method::GET, _) => self.read,
            (_, None) => self.write,
            (_, Some(media))
                if media.starts_with("application/json") || media.starts_with("application/x-www-form") =>
            {
                self.write
            }
            _ => self.upload + self.on_the_way(headers),
        }
    }

    /// How long a body of this length takes over the slowest line.
    fn on_the_way(&self, headers: &HeaderMap) -> Duration {
        let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        // A day is as good as for ever, and can be added to an instant.
        Duration::from_secs((length.unwrap_or_default() / self.upload_rate).min(86_400))
    }
}

pub(crate) async fn set(State(budgets): State<Budgets>, mut request: Request, next: Next) -> Response {
    let deadline = Instant::now() + budgets.of(request.method(), request.headers());
    request.extensions_mut().insert(Deadline(deadline));
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_upload_has_the_time_that_it_needs() {
        let second = Duration::from_secs(1);
        let budgets = Budgets { read: second, write: 2 * second, upload: 100 * second, upload_rate: 1000 };
        let of = |method: Method, media: &str, length: &str| {
            let headers = [(CONTENT_TYPE, media), (CONTENT_LENGTH, length)];
            let headers = headers.into_iter().map(|(name, value)| (name, value.parse().unwrap())).collect();
            budgets.of(&method, &headers).as_secs()
        };
        assert_eq!(of(Method::GET, "application/pdf", "50000"), 1);
        assert_eq!(of(Method::POST, "application/json", "50000"), 2);
        assert_eq!(of(Method::POST, "application/pdf", "50000"), 150);
        assert_eq!(of(Method::POST, "application/pdf", "99999999999999"), 86_500);
    }
}
