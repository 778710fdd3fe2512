//! `/problems/{reason}`: what the `type` of a problem leads to.

use std::sync::Arc;

use axum::{
    Router,
    extract::Path,
    response::{IntoResponse, Response},
    routing::get,
};
use careway_transcoding::{Problem, ProblemDoc};

pub(crate) fn router(problems: &[ProblemDoc]) -> Router {
    let problems: Arc<[ProblemDoc]> = problems.into();
    Router::new()
        .route("/problems/{reason}", get(async move |Path(reason): Path<String>| explain(&problems, &reason)))
}

fn explain(problems: &[ProblemDoc], reason: &str) -> Response {
    match problems.iter().find(|problem| problem.reason == reason) {
        Some(ProblemDoc { reason, status, text }) => {
            format!("{reason} ({})\n\n{text}\n", status.as_u16()).into_response()
        }
        None => Problem::not_found().into_response(),
    }
}
