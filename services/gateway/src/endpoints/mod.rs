//! What cannot be an RPC: the OAuth token endpoint's form, the published keys, the documentation, the pages for members,
//! health.

mod docs;
pub(crate) mod health;
mod jwks;
mod oauth;
mod pages;
mod reasons;

use std::sync::Arc;

use axum::Router;
use careway_service::Foundation;
use careway_transcoding::ProblemDoc;

use crate::config::Config;

pub(crate) fn router(
    config: &Config,
    foundation: &Foundation,
    openapi: Arc<[u8]>,
    problems: &[ProblemDoc],
) -> anyhow::Result<Router> {
    let router = Router::new()
        .merge(oauth::router(config, foundation))
        .merge(jwks::router(config, foundation))
        .merge(docs::router(openapi))
        .merge(pages::router()?)
        .merge(reasons::router(problems));
    Ok(router)
}

/// These endpoints' part of the OpenAPI document.
pub(crate) fn openapi_paths() -> serde_json::Map<String, serde_json::Value> {
    let mut paths = oauth::openapi();
    paths.extend(jwks::openapi());
    paths
}
