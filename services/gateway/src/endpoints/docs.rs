//! `/openapi.json`, and the interactive reference at `/docs` with its assets built in: no internet needed.

use std::sync::Arc;

use axum::{
    Router,
    extract::Path,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use bytes::Bytes;
use careway_transcoding::Problem;
use utoipa_swagger_ui::Config;

/// The reference's page: like the one that comes with its assets, and readable on a phone.
const PAGE: &str = include_str!("docs.html");

pub(crate) fn router(openapi: Arc<[u8]>) -> Router {
    let document = Bytes::from(openapi.to_vec());
    let page = Arc::new(
        // Without the bar that asks for another document.
        Config::from("/openapi.json")
            .use_base_layout()
            .display_request_duration(true)
            .filter(true)
            .deep_linking(true),
    );
    let file = move |path: String| asset(&path, page.clone());
    Router::new()
        .route(
            "/openapi.json",
            get(move || std::future::ready(([(header::CONTENT_TYPE, "application/json")], document.clone()))),
        )
        .route("/docs", get(async || Redirect::permanent("/docs/")))
        .route("/docs/", get(async || Html(PAGE)))
        .route("/docs/{*path}", get(move |Path(path): Path<String>| std::future::ready(file(path))))
}

fn asset(path: &str, config: Arc<Config<'static>>) -> Response {
    match utoipa_swagger_ui::serve(path, config) {
        Ok(Some(file)) => ([(header::CONTENT_TYPE, file.content_type)], file.bytes.to_vec()).into_response(),
        Ok(None) => Problem::not_found().into_response(),
        Err(error) => {
            tracing::error!(%error, "the documentation page cannot be made");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
