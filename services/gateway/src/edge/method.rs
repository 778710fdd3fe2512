//! The methods that there are. Any token is a method to HTTP; whatever is kept or counted by method has one of these.

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use careway_transcoding::Problem;
use http::{Method, StatusCode};

/// The name under which a method is counted.
pub(crate) fn label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => OTHER,
    }
}

const OTHER: &str = "OTHER";

/// Refuses any other before anything else is done for it.
pub(crate) async fn known(request: Request, next: Next) -> Response {
    if label(request.method()) == OTHER {
        let detail = "No path has this method.";
        return Problem::new(StatusCode::NOT_IMPLEMENTED, "METHOD_UNKNOWN", detail).into_response();
    }
    next.run(request).await
}
