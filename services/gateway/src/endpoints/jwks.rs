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

use super::OAUTH_TAG;
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
    let refusal = |status: u16| json!({ "$ref": format!("#/components/responses/Problem{status}") });
    let get = |operation: &str, [summary, description]: [&str; 2], media_type: &str, schema: Value| {
        json!({"get": {
            "operationId": operation, "summary": summary, "description": description, "tags": [OAUTH_TAG], "security": [],
            "responses": {
                "200": {"description": "Found.", "content": {media_type: {"schema": schema}}},
                "400": refusal(400), "429": refusal(429), "500": refusal(500), "503": refusal(503), "504": refusal(504),
            }
        }})
    };
    let text = json!({ "type": "string" });
    let url = json!({ "type": "string", "format": "uri" });
    let texts = json!({ "type": "array", "items": text });
    let key = json!({
        "type": "object", "required": ["kty", "crv", "use", "alg", "kid", "x"],
        "properties": { "kty": text, "crv": text, "use": text, "alg": text, "kid": text, "x": text },
    });
    let keys = json!({
        "type": "object", "required": ["keys"], "properties": { "keys": { "type": "array", "items": key } },
    });
    let metadata = json!({
        "type": "object",
        "required": ["issuer", "token_endpoint", "jwks_uri", "grant_types_supported", "response_types_supported"],
        "properties": {
            "issuer": text, "token_endpoint": url, "jwks_uri": url, "service_documentation": url,
            "grant_types_supported": texts, "response_types_supported": texts,
            "scopes_supported": texts,
            "token_endpoint_auth_methods_supported": texts,
        },
    });
    let keys_text = [
        "The keys that access tokens are signed with (RFC 7517).",
        "Whoever verifies tokens itself keeps them for as long as `Cache-Control` says, and asks again for a `kid` it does not know.",
    ];
    let metadata_text =
        ["Where everything is (RFC 8414).", "By these addresses a library for OAuth 2.0 configures itself."];
    Map::from_iter([
        ("/.well-known/jwks.json".to_owned(), get("getJwks", keys_text, "application/jwk-set+json", keys)),
        (
            "/.well-known/oauth-authorization-server".to_owned(),
            get("getAuthorizationServerMetadata", metadata_text, "application/json", metadata),
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
