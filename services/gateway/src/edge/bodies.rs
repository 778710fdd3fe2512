//! How large a body may be: by what its route takes. Who announces more is refused before it is read.

use std::{collections::HashMap, sync::Arc};

use axum::{
    body::{Body, HttpBody},
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use careway_transcoding::{Problem, Route};
use http::Method;
use http_body_util::Limited;

use crate::config::Config;

/// The largest body of each route.
#[derive(Clone)]
pub(crate) struct Bodies {
    /// Of routes that take something else than JSON, by their path as axum matches it.
    raw: Arc<HashMap<String, Vec<(Method, u64)>>>,
    json: u64,
}

impl Bodies {
    pub(crate) fn new(config: &Config, routes: &[Route]) -> Self {
        let mut raw: HashMap<String, Vec<(Method, u64)>> = HashMap::new();
        for route in routes.iter().filter(|route| route.raw) {
            let most = route.max_bytes.unwrap_or(config.max_upload_bytes);
            raw.entry(route.pattern.clone()).or_default().push((route.method.clone(), most));
        }
        Self { raw: Arc::new(raw), json: config.max_json_bytes as u64 }
    }

    /// The most bytes of an upload; none where the route takes JSON, or there is no such route.
    pub(crate) fn upload(&self, request: &Request) -> Option<u64> {
        let path = request.extensions().get::<MatchedPath>()?;
        let methods = self.raw.get(path.as_str())?;
        methods.iter().find(|(method, _)| method == request.method()).map(|(_, most)| *most)
    }
}

pub(crate) async fn bound(State(bodies): State<Bodies>, request: Request, next: Next) -> Response {
    let upload = bodies.upload(&request);
    let most = usize::try_from(upload.unwrap_or(bodies.json)).unwrap_or(usize::MAX);
    if request.body().size_hint().lower() > most as u64 {
        let (parts, body) = request.into_parts();
        careway_transcoding::linger(&parts.headers, body);
        return Problem::too_large(most).into_response();
    }
    if upload.is_none() {
        // What is no upload is read by its endpoint, to a bound of its own.
        return next.run(request).await;
    }
    next.run(request.map(|body| Body::new(Limited::new(body, most)))).await
}

#[cfg(test)]
mod tests {
    use axum::{Router, middleware, routing::post};
    use http::StatusCode;
    use tower::ServiceExt;

    use super::*;

    async fn status(path: &str, announced: u64, sent: usize) -> StatusCode {
        let raw = HashMap::from([("/imports".to_owned(), vec![(Method::POST, 100)])]);
        let bodies = Bodies { raw: Arc::new(raw), json: 10 };
        let read = post(async |body: Result<String, axum::extract::rejection::StringRejection>| {
            body.map(drop).map_err(|refusal| refusal.status())
        });
        let router = Router::new()
            .route("/imports", read.clone())
            .route("/sessions", read)
            .layer(middleware::from_fn_with_state(bodies, bound));
        let body = match announced {
            0 => Body::from_stream(futures::stream::iter([Ok::<_, std::io::Error>(vec![b'a'; sent])])),
            _ => Body::from(vec![b'a'; sent]),
        };
        let request = Request::post(path).body(body).unwrap();
        router.oneshot(request).await.unwrap().status()
    }

    #[tokio::test]
    async fn what_is_larger_than_its_route_takes_is_refused_announced_or_not() {
        assert_eq!(status("/imports", 100, 100).await, StatusCode::OK);
        assert_eq!(status("/imports", 101, 101).await, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(status("/imports", 0, 100).await, StatusCode::OK);
        assert_eq!(status("/imports", 0, 101).await, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(status("/sessions", 11, 11).await, StatusCode::PAYLOAD_TOO_LARGE);
    }
}
