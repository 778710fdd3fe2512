//! The OAuth 2.0 token endpoint (RFC 6749 §4.4): a form in, RFC 6749's own answers out. What is sent as anything else is
//! refused as everywhere, with a problem, and in it the `error` by which a client of OAuth knows why.

use std::{collections::HashMap, time::Duration};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Extension, Request, rejection::StringRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::post,
};
use careway_contract::identity::v1::{
    IssueClientTokenRequest, Reason, session_service_client::SessionServiceClient,
};
use careway_service::{Error, Foundation, Kind, Upstream, call::CLIENT_IP, credentials};
use careway_transcoding::{ClientIp, Problem};
use serde_json::{Map, Value, json};

use super::OAUTH_TAG;
use crate::edge::{self, TOKEN_ENDPOINT};

const LARGEST_FORM: usize = 8 * 1024;
const FORM: &str = "application/x-www-form-urlencoded";
const INVALID_REQUEST: &str = "invalid_request";

pub(crate) fn router(foundation: &Foundation) -> Router {
    let identity = foundation.registry.upstream("identity");
    let handler = move |address: Option<Extension<ClientIp>>, headers: HeaderMap, body| {
        issue(identity.clone(), address.map(|Extension(ip)| ip), headers, body)
    };
    let form = post(handler).route_layer(middleware::from_fn(form_alone));
    Router::new().route(TOKEN_ENDPOINT, form).layer(DefaultBodyLimit::max(LARGEST_FORM))
}

/// Before the body: what is no form, or a form in a coding, is refused unread.
async fn form_alone(request: Request, next: Next) -> Response {
    let other = || (!is_form(request.headers())).then(|| edge::Unsupported::media_type(FORM));
    match edge::coded(request.headers()).or_else(other) {
        None => next.run(request).await,
        Some(unsupported) => unsupported.refuse(request),
    }
}

/// Whether the media type is the form's, whatever parameters it has.
fn is_form(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = media_type.and_then(|media_type| media_type.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case(FORM))
}

async fn issue(
    identity: Upstream,
    address: Option<ClientIp>,
    headers: HeaderMap,
    body: Result<String, StringRejection>,
) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(unread) => return refusal(unread.status(), INVALID_REQUEST),
    };
    let Some(asked) = read(&headers, &body) else {
        return refusal(StatusCode::BAD_REQUEST, INVALID_REQUEST);
    };
    if asked.grant_type != "client_credentials" {
        return refusal(StatusCode::BAD_REQUEST, "unsupported_grant_type");
    }
    let mut request = tonic::Request::new(IssueClientTokenRequest {
        client_id: asked.client_id,
        client_secret: asked.client_secret,
        scope: asked.scope,
    });
    request.set_timeout(Duration::from_secs(5));
    if let Some(value) = address.and_then(|ClientIp(ip)| ip.to_string().parse().ok()) {
        request.metadata_mut().insert(CLIENT_IP, value);
    }
    match SessionServiceClient::new(identity).issue_client_token(request).await {
        Ok(answer) => {
            let token = answer.into_inner();
            let body = Json(json!({
                "access_token": token.access_token,
                "token_type": "Bearer",
                "expires_in": token.expires_in_seconds,
                "scope": token.scope,
            }));
            body.into_response()
        }
        Err(status) => refused(status),
    }
}

struct TokenRequest {
    grant_type: String,
    client_id: String,
    client_secret: String,
    scope: String,
}

/// The form, with the client's credentials from it or from HTTP Basic, never both.
fn read(headers: &HeaderMap, body: &str) -> Option<TokenRequest> {
    let mut form = HashMap::new();
    for (name, value) in form_urlencoded::parse(body.as_bytes()) {
        // RFC 6749 §3.2: no parameter twice.
        if form.insert(name.into_owned(), value.into_owned()).is_some() {
            return None;
        }
    }
    let basic = match headers.get(header::AUTHORIZATION) {
        Some(value) => Some(basic(value)?),
        None => None,
    };
    let in_form = form.remove("client_id").zip(form.remove("client_secret"));
    let (client_id, client_secret) = match (basic, in_form) {
        (Some(credentials), None) | (None, Some(credentials)) => credentials,
        _ => return None,
    };
    let grant_type = form.remove("grant_type")?;
    Some(TokenRequest {
        grant_type,
        client_id,
        client_secret,
        scope: form.remove("scope").unwrap_or_default(),
    })
}

/// RFC 6749 §2.3.1: both halves are form-encoded within Basic.
fn basic(value: &HeaderValue) -> Option<(String, String)> {
    let (id, secret) = edge::pair(credentials(value, "basic")?)?;
    let plain =
        |part: &str| form_urlencoded::parse(part.as_bytes()).next().map(|(name, _)| name.into_owned());
    Some((plain(&id)?, plain(&secret)?))
}

fn refused(status: tonic::Status) -> Response {
    let wait = Problem::from_status(&status).retry_after;
    let error = Error::from(status);
    if error.is(Reason::InvalidScope) {
        return invalid_scope(error.fact("scope"));
    }
    match error.kind() {
        Kind::Unauthenticated | Kind::NotFound | Kind::Invalid => {
            let mut response = refusal(StatusCode::UNAUTHORIZED, "invalid_client");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"careway\""));
            response
        }
        Kind::Throttled => {
            let mut response = refusal(StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable");
            response.headers_mut().extend(wait.map(|seconds| (header::RETRY_AFTER, seconds.into())));
            response
        }
        _ => refusal(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable"),
    }
}

fn refusal(status: StatusCode, error: &'static str) -> Response {
    (status, Json(json!({ "error": error }))).into_response()
}

/// RFC 6749 §5.2; `named` are scopes that the client does not have.
fn invalid_scope(named: Option<&str>) -> Response {
    let mut body = json!({"error": "invalid_scope"});
    if let Some(scope) = named {
        body["error_description"] = format!("The client does not have: {scope}").into();
    }
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}

pub(crate) fn openapi() -> Map<String, Value> {
    let problem = |text: &str| {
        json!({"description": text, "content": {"application/json": {"schema": {
            "type": "object", "required": ["error"],
            "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}}}}}})
    };
    let operation = json!({"post": {
        "operationId": "issueToken", "tags": [OAUTH_TAG], "security": [],
        "summary": "An access token for a partner's system.",
        "description": "OAuth 2.0 client credentials (RFC 6749 §4.4), with the secret in the form or in HTTP Basic.",
        "requestBody": {"required": true, "content": {"application/x-www-form-urlencoded": {"schema": {
            "type": "object", "required": ["grant_type"],
            "properties": {
                "grant_type": {"type": "string", "enum": ["client_credentials"]},
                "client_id": {"type": "string"}, "client_secret": {"type": "string"},
                "scope": {"type": "string", "description": "Permissions separated by spaces; all of the client's when absent."}
            }}}}},
        "responses": {
            "200": {"description": "The token.", "content": {"application/json": {"schema": {"type": "object",
                "required": ["access_token", "token_type", "expires_in"],
                "properties": {"access_token": {"type": "string"}, "token_type": {"type": "string"},
                    "expires_in": {"type": "integer"}, "scope": {"type": "string"}}}}}},
            "400": problem("The form is not as it must be, or the scope is not the client's: `error_description` names what is too much."),
            "401": problem("The client is not known or the secret is wrong."),
            "415": {"description": "It is no form, or a coded one: a problem, whose `error` is `invalid_request`.",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
            "408": {"$ref": "#/components/responses/Problem408"},
            "413": problem("The form is larger than one is."),
            "429": problem("Too many tries."),
            "503": problem("Try again."),
            "504": {"$ref": "#/components/responses/Problem504"}
        }
    }});
    Map::from_iter([("/oauth2/token".to_owned(), operation)])
}
