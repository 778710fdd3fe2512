//! `/problems/{reason}`: what the `type` of a problem leads to.

use axum::{
    Router,
    extract::Path,
    response::{IntoResponse, Response},
    routing::get,
};
use careway_transcoding::Problem;

use crate::problems::PROBLEMS;

pub(crate) fn router() -> Router {
    Router::new().route("/problems/{reason}", get(async |Path(reason): Path<String>| explain(&reason)))
}

fn explain(reason: &str) -> Response {
    match PROBLEMS.iter().find(|(known, ..)| *known == reason) {
        Some((reason, status, text)) => format!("{reason} ({status})\n\n{text}\n").into_response(),
        None => Problem::not_found().into_response(),
    }
}
