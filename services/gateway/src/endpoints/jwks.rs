//! The keys that tokens are signed with (RFC 7517), and where everything is (RFC 8414).

use axum::{
    Json, Router,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};
use careway_contract::identity::v1::{GetJwksRequest, key_service_client::KeyServiceClient};
use careway_service::{Foundation, Upstream};
use careway_transcoding::Problem;
use serde_json::{Map, Value, json};

use crate::{config::Config, edge::TOKEN_ENDPOINT};

pub(crate) fn router(config: &Config, foundation: &Foundation) -> Router {
    let identity = foundation.registry.upstream("identity");
    let metadata = metadata(&config.public_url);
    Router::new().route("/.well-known/jwks.json", get(move || keys(identity.clone()))).route(
        "/.well-known/oauth-authorization-server",
        get(move || std::future::ready(Json(metadata.clone()))),
    )
}

async fn keys(identity: Upstream) -> Response {
    let mut request = tonic::Request::new(GetJwksRequest {});
    request.set_timeout(std::time::Duration::from_secs(2));
    let keys = match KeyServiceClient::new(identity).get_jwks(request).await {
        Ok(answer) => answer.into_inner().keys,
        Err(status) => return Problem::from_status(&status).into_response(),
    };
    let keys: Vec<Value> = keys
        .into_iter()
        .map(|key| json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": key.alg, "kid": key.kid, "x": key.x}))
        .collect();
    let mut response = Json(json!({ "keys": keys })).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/jwk-set+json"));
    response
}

fn metadata(public_url: &str) -> Value {
    let at = |path: &str| format!("{}{path}", public_url.trim_end_matches('/'));
    json!({
        "issuer": public_url,
        "token_endpoint": at(TOKEN_ENDPOINT),
        "jwks_uri": at("/.well-known/jwks.json"),
        "service_documentation": at("/docs/"),
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    })
}

pub(crate) fn openapi() -> Map<String, Value> {
    let get = |operation: &str, summary: &str, media_type: &str| {
        json!({"get": {
            "operationId": operation, "summary": summary, "tags": ["OAuth"], "security": [],
            "responses": {"200": {"description": "Found.", "content": {media_type: {"schema": {"type": "object"}}}}}
        }})
    };
    Map::from_iter([
        (
            "/.well-known/jwks.json".to_owned(),
            get(
                "getJwks",
                "The keys that access tokens are signed with (RFC 7517).",
                "application/jwk-set+json",
            ),
        ),
        (
            "/.well-known/oauth-authorization-server".to_owned(),
            get("getAuthorizationServerMetadata", "Where everything is (RFC 8414).", "application/json"),
        ),
    ])
}
