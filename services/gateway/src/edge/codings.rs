//! Content codings, settled before anything is done: a body in one is refused, and no answer is refused for want of one.

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use careway_transcoding::Problem;
use http::{HeaderMap, HeaderName, HeaderValue, header};

/// Before routes: a body in a coding is refused unread.
pub(crate) fn plain_before(routes: Router) -> Router {
    routes.route_layer(middleware::from_fn(plain))
}

async fn plain(request: Request, next: Next) -> Response {
    match coded(request.headers()) {
        None => next.run(request).await,
        Some(unsupported) => unsupported.refuse(request),
    }
}

/// A body that is refused for what it is sent as, before any of it is read.
pub(crate) struct Unsupported {
    problem: Problem,
    /// RFC 9110, 15.5.16: what would have been taken.
    taken: (HeaderName, HeaderValue),
}

impl Unsupported {
    /// Its media type is another than this.
    pub(crate) fn media_type(taken: &'static str) -> Self {
        let problem = Problem::unsupported_media_type(taken);
        Self { problem, taken: (header::ACCEPT, HeaderValue::from_static(taken)) }
    }

    /// The refusal of this request; what is still sent of it is thrown away.
    pub(crate) fn refuse(self, request: Request) -> Response {
        let mut refusal = self.problem.into_response();
        let (name, value) = self.taken;
        refusal.headers_mut().insert(name, value);
        let (parts, body) = request.into_parts();
        careway_transcoding::linger(&parts.headers, body);
        refusal
    }
}

/// A body in a coding, which nobody undoes.
pub(crate) fn coded(headers: &HeaderMap) -> Option<Unsupported> {
    let problem = || Problem::unsupported_media_type("sent as it is: no Content-Encoding is undone");
    let taken = (header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    is_coded(headers).then(|| Unsupported { problem: problem(), taken })
}

/// Before the compression: what an answer may be coded in.
pub(crate) async fn settle(mut request: Request, next: Next) -> Response {
    if let Some(accepted) = willing(request.headers()) {
        request.headers_mut().remove(header::ACCEPT_ENCODING);
        if accepted {
            request.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        }
    }
    next.run(request).await
}

/// Whether a body is sent in a coding.
fn is_coded(headers: &HeaderMap) -> bool {
    let mut codings = elements(headers, &header::CONTENT_ENCODING);
    codings.any(|coding| !coding.is_empty() && coding != "identity")
}

/// For a client that refuses answers as they are, whether it takes gzip; none for everybody else. Whoever takes neither is
/// answered as if they had not asked (RFC 9110, 12.5.3): the compression would say 406 when all is done already.
fn willing(headers: &HeaderMap) -> Option<bool> {
    let accepted: Vec<(String, bool)> =
        elements(headers, &header::ACCEPT_ENCODING).map(|element| weighed(&element)).collect();
    let says = |name: &str| accepted.iter().find(|(coding, _)| coding == name).map(|(_, wanted)| *wanted);
    let identity = says("identity").or(says("*")).unwrap_or(true);
    let gzip = says("gzip").or(says("x-gzip")).or(says("*")).unwrap_or(false);
    (!identity).then_some(gzip)
}

/// A coding, and whether its weight is more than nothing.
fn weighed(element: &str) -> (String, bool) {
    let mut parts = element.split(';').map(str::trim);
    let coding = parts.next().unwrap_or_default().to_owned();
    let weight =
        parts.find_map(|part| part.strip_prefix("q=")).and_then(|text| text.trim().parse::<f32>().ok());
    (coding, weight.is_none_or(|weight| weight > 0.0))
}

/// The elements of all of a header's lines, in small letters.
fn elements(headers: &HeaderMap, name: &HeaderName) -> impl Iterator<Item = String> {
    let lines = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
    let elements: Vec<String> = lines
        .flat_map(|line| line.split(',').map(|element| element.trim().to_lowercase()).collect::<Vec<_>>())
        .collect();
    elements.into_iter()
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use axum::{body::Body, routing::post};
    use http::StatusCode;
    use tower::ServiceExt;
    use tower_http::compression::CompressionLayer;

    use super::*;

    /// How a request with this header was answered, in which coding, and how often something was done.
    async fn answered(header: HeaderName, value: &str) -> (StatusCode, Option<HeaderValue>, usize) {
        let done = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&done);
        let create = post(async move || {
            counter.fetch_add(1, Ordering::SeqCst);
            (StatusCode::CREATED, "a member ".repeat(100))
        });
        let router = plain_before(Router::new().route("/members", create))
            .layer(CompressionLayer::new())
            .layer(middleware::from_fn(settle));
        let request = Request::post("/members").header(header, value).body(Body::empty()).unwrap();
        let answer = router.oneshot(request).await.unwrap();
        let coding = answer.headers().get(header::CONTENT_ENCODING).cloned();
        (answer.status(), coding, done.load(Ordering::SeqCst))
    }

    #[tokio::test]
    async fn what_was_done_is_not_refused_for_its_coding() {
        let gzip = Some(HeaderValue::from_static("gzip"));
        for (accepted, coding) in [
            ("*;q=0", None),
            ("identity;q=0", None),
            ("identity;Q=0.000, br", None),
            ("gzip;q=0, *;q=0", None),
            ("gzip, *;q=0", gzip.clone()),
            ("identity;q=0, *", gzip.clone()),
            ("gzip;q=0.5, identity;q=0", gzip.clone()),
            ("gzip", gzip),
            ("br", None),
        ] {
            let answer = answered(header::ACCEPT_ENCODING, accepted).await;
            assert_eq!(answer, (StatusCode::CREATED, coding, 1), "{accepted}");
        }
    }

    #[tokio::test]
    async fn a_body_in_a_coding_is_refused_before_anything_is_done() {
        for coding in ["gzip", "br", "Identity, GZIP", "unknown"] {
            let answer = answered(header::CONTENT_ENCODING, coding).await;
            assert_eq!(answer, (StatusCode::UNSUPPORTED_MEDIA_TYPE, None, 0), "{coding}");
        }
        assert_eq!(answered(header::CONTENT_ENCODING, "identity").await.0, StatusCode::CREATED);
    }
}
