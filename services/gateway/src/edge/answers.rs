//! What every answer is like. A refusal is a problem that names its trace, at the token endpoint an OAuth error as well; JSON is
//! kept by nobody and taken for nothing else; `OPTIONS` is answered with the methods that there are.

use axum::{Router, body::Body, extract::Request, middleware::Next, response::Response};
use careway_transcoding::{Problem, TraceId, problem};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

/// Where a refusal is an OAuth error (RFC 6749, 5.2).
pub(crate) const TOKEN_ENDPOINT: &str = "/oauth2/token";

/// The router as something that answers wholly: only then does axum tell, to layers around it, the methods of a path.
pub(crate) fn whole(router: Router) -> Router {
    Router::new().fallback_service(router)
}

pub(crate) async fn complete(request: Request, next: Next) -> Response {
    let trace = request.extensions().get().map(|TraceId(id)| id.as_str().into());
    let at_token_endpoint = request.uri().path() == TOKEN_ENDPOINT;
    let asks_for_methods = request.method() == Method::OPTIONS;
    let mut answer = next.run(request).await;
    if answer.status() == StatusCode::METHOD_NOT_ALLOWED {
        tell_methods(&mut answer, asks_for_methods);
    }
    if let Some(mut problem) = refusal(&mut answer) {
        problem = problem.traced(trace);
        if at_token_endpoint {
            problem.facts.insert("error".to_owned(), oauth_error(problem.status).to_owned());
        }
        let headers = answer.headers_mut();
        headers.remove(header::CONTENT_LENGTH);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(problem::MEDIA_TYPE));
        *answer.body_mut() = problem.to_json().into();
    }
    protect(&mut answer);
    answer
}

/// A method that the path does not have is refused with those that it has, but for the one that asks for them.
fn tell_methods(answer: &mut Response, asked: bool) {
    let allow = allowed(answer.headers());
    let headers = answer.headers_mut();
    if let Ok(allow) = HeaderValue::try_from(allow.as_str()) {
        headers.insert(header::ALLOW, allow);
    }
    if !asked {
        answer.extensions_mut().insert(Problem::method_not_allowed(&allow));
        return;
    }
    headers.remove(header::CONTENT_TYPE);
    headers.remove(header::CONTENT_LENGTH);
    answer.extensions_mut().remove::<Problem>();
    *answer.status_mut() = StatusCode::NO_CONTENT;
    *answer.body_mut() = Body::empty();
}

/// The problem of a refusal; where whoever refuses has only a status, or words of a library, one that stands for it.
fn refusal(answer: &mut Response) -> Option<Problem> {
    let status = answer.status();
    let own = answer.extensions_mut().remove::<Problem>();
    let bare = || (status.as_u16() >= 400 && !is_json(answer.headers())).then(|| Problem::of_status(status));
    own.or_else(bare)
}

/// The methods of a path: whoever has GET has HEAD, and each has this.
fn allowed(headers: &HeaderMap) -> String {
    let named = headers.get(header::ALLOW).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut methods: Vec<&str> =
        named.split(',').map(str::trim).filter(|method| !method.is_empty()).collect();
    if let Some(get) = methods.iter().position(|method| *method == "GET")
        && !methods.contains(&"HEAD")
    {
        methods.insert(get + 1, "HEAD");
    }
    methods.push("OPTIONS");
    methods.join(", ")
}

fn oauth_error(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "invalid_client",
        StatusCode::TOO_MANY_REQUESTS => "temporarily_unavailable",
        status if status.is_server_error() => "temporarily_unavailable",
        _ => "invalid_request",
    }
}

/// Whoever lets an answer be kept says so.
fn protect(answer: &mut Response) {
    let json = is_json(answer.headers());
    if json {
        answer.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    }
    if json || answer.status() == StatusCode::NOT_MODIFIED {
        let caching = answer.headers_mut().entry(header::CACHE_CONTROL);
        caching.or_insert(HeaderValue::from_static("no-store"));
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = media_type.and_then(|media_type| media_type.split(';').next());
    essence.is_some_and(|essence| essence.trim_end().ends_with("json"))
}

#[cfg(test)]
mod tests {
    use axum::{
        Json,
        extract::Path,
        middleware,
        routing::{get, post},
    };
    use http_body_util::BodyExt;
    use serde_json::{Value, json};
    use tower::ServiceExt;

    use super::*;

    async fn answered(method: Method, path: &str) -> (u16, HeaderMap, Value) {
        let routes = Router::new()
            .route("/keys", get(async || ([(header::CACHE_CONTROL, "public")], Json(json!({})))))
            .route("/people/{person}", get(async |Path(person): Path<String>| Json(json!({"id": person}))))
            .route("/page", get(async || "a page").put(async || Problem::stale()))
            .route("/away", get(async || StatusCode::SERVICE_UNAVAILABLE))
            .route("/broken", get(async || (StatusCode::INTERNAL_SERVER_ERROR, "library: 10.0.0.7")))
            .route(TOKEN_ENDPOINT, post(async || (StatusCode::BAD_REQUEST, Json(json!({"error": "x"})))));
        let router = whole(routes).layer(middleware::from_fn(complete));
        let request = Request::builder().method(method).uri(path).extension(TraceId("t-1".to_owned()));
        let answer = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (parts.status.as_u16(), parts.headers, serde_json::from_slice(&body).unwrap_or_default())
    }

    #[tokio::test]
    async fn every_refusal_is_a_problem_with_its_trace_whoever_refuses() {
        for (method, path, status, reason) in [
            (Method::DELETE, "/page", 405, "METHOD_NOT_ALLOWED"),
            (Method::PUT, "/page", 412, "STALE_VERSION"),
            (Method::GET, "/nowhere", 404, "NOT_FOUND"),
            (Method::GET, "/people/%ff", 400, "INVALID_REQUEST"),
            (Method::GET, "/broken", 500, "INTERNAL"),
            (Method::GET, "/away", 503, "INTERNAL"),
        ] {
            let (answered, headers, body) = answered(method, path).await;
            assert_eq!((answered, &body["reason"]), (status, &reason.into()), "{path}");
            assert_eq!((&body["traceId"], &body["status"]), (&"t-1".into(), &status.into()), "{path}");
            assert_eq!(headers[header::CONTENT_TYPE], problem::MEDIA_TYPE, "{path}");
            assert_eq!(headers[header::CACHE_CONTROL], "no-store", "{path}");
        }
    }

    #[tokio::test]
    async fn the_token_endpoint_refuses_as_oauth_has_it() {
        let (status, headers, body) = answered(Method::GET, TOKEN_ENDPOINT).await;
        assert_eq!((status, &body["error"]), (405, &"invalid_request".into()));
        assert_eq!(headers[header::ALLOW], "POST, OPTIONS");
        assert_eq!(
            answered(Method::POST, TOKEN_ENDPOINT).await.2,
            json!({"error": "x"}),
            "its own words stay"
        );
    }

    #[tokio::test]
    async fn json_is_neither_kept_nor_guessed_at_unless_it_says_so() {
        let (_, headers, _) = answered(Method::GET, "/people/p-1").await;
        assert_eq!(
            (&headers[header::CACHE_CONTROL], &headers[header::X_CONTENT_TYPE_OPTIONS]),
            (&HeaderValue::from_static("no-store"), &HeaderValue::from_static("nosniff"))
        );
        assert_eq!(answered(Method::GET, "/keys").await.1[header::CACHE_CONTROL], "public");
        assert!(!answered(Method::GET, "/page").await.1.contains_key(header::CACHE_CONTROL));
    }

    #[tokio::test]
    async fn options_tells_the_methods() {
        let (status, headers, _) = answered(Method::OPTIONS, "/page").await;
        assert_eq!(
            (status, &headers[header::ALLOW]),
            (204, &HeaderValue::from_static("GET, HEAD, PUT, OPTIONS"))
        );
        assert_eq!(answered(Method::OPTIONS, "/nowhere").await.0, 404);
    }
}
