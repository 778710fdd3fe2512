//! What cannot be an RPC of the contract's REST: the OAuth token endpoint's form, the booking server of the Actions Center, the
//! published keys, the documentation, the pages for members, what every site has, health.

mod actions_center;
mod docs;
pub(crate) mod health;
mod jwks;
mod oauth;
mod pages;
mod reasons;
mod site;

use std::sync::Arc;

use axum::Router;
use careway_service::Foundation;
use careway_transcoding::Transcoder;

use crate::{config::Config, edge::plain_before};

pub(crate) fn router(
    config: &Config,
    foundation: &Foundation,
    transcoder: &Arc<Transcoder>,
) -> anyhow::Result<Router> {
    let router = Router::new()
        .merge(jwks::router(foundation))
        .merge(actions_center::router(foundation)?)
        .merge(docs::router(foundation.clock.clone(), Arc::clone(transcoder))?)
        .merge(pages::router()?)
        .merge(reasons::router(transcoder.problems()))
        .merge(site::router(config, foundation));
    // OAuth refuses a coded body in words of its own.
    Ok(plain_before(router).merge(oauth::router(foundation)))
}

/// The tag of these endpoints' operations.
pub(crate) const OAUTH_TAG: &str = "OAuth";

/// These endpoints' part of the OpenAPI document.
pub(crate) fn openapi_paths() -> serde_json::Map<String, serde_json::Value> {
    let mut paths = oauth::openapi();
    paths.extend(jwks::openapi());
    paths
}
