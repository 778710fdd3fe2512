//! The keys that tokens are signed with (RFC 7517), and where everything is (RFC 8414).

use std::collections::BTreeSet;

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

use crate::edge::TOKEN_ENDPOINT;

pub(crate) fn router(foundation: &Foundation) -> Router {
    let identity = foundation.registry.upstream("identity");
    let metadata = metadata(&foundation.issuer, &foundation.public_url, &foundation.policy().permissions());
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

/// RFC 8414 §2. A list of nothing is not told (§3.2), but the response types are required: `none` (of OAuth 2.0 Multiple Response
/// Types) is the one of a server that gives nothing from an authorization endpoint, and this one has none.
fn metadata(issuer: &str, public_url: &str, permissions: &BTreeSet<&str>) -> Value {
    let at = |path: &str| format!("{public_url}{path}");
    json!({
        "issuer": issuer,
        "token_endpoint": at(TOKEN_ENDPOINT),
        "jwks_uri": at("/.well-known/jwks.json"),
        "service_documentation": at("/docs/"),
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": ["none"],
        "scopes_supported": permissions,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_metadata_have_what_rfc_8414_asks_for_and_no_list_of_nothing() {
        let metadata =
            metadata("https://is.example", "https://api.example", &BTreeSet::from(["b.read", "a.read"]));
        assert_eq!(metadata["issuer"], "https://is.example");
        assert_eq!(metadata["token_endpoint"], "https://api.example/oauth2/token");
        assert_eq!(metadata["jwks_uri"], "https://api.example/.well-known/jwks.json");
        assert_eq!(metadata["service_documentation"], "https://api.example/docs/");
        assert_eq!(metadata["scopes_supported"], json!(["a.read", "b.read"]));
        assert_eq!(metadata["grant_types_supported"], json!(["client_credentials"]));
        let told = metadata.as_object().unwrap().values();
        assert!(told.filter_map(Value::as_array).all(|list| !list.is_empty()), "{metadata}");
    }
}
