//! The answers of an operation: the good one, and every problem that it may have.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::{Source, example, object, schemas::Components, sides::Side};
use crate::{
    endpoint::{Body, Endpoint, Reply},
    problem::{MEDIA_TYPE, title},
};

/// Every status that problems come with, and the reason of its example.
const PROBLEMS: [(u16, &str); 16] = [
    (400, "INVALID_REQUEST"),
    (401, "TOKEN_REJECTED"),
    (403, "PERMISSION_DENIED"),
    (404, "NOT_FOUND"),
    (408, "BODY_TOO_SLOW"),
    (409, "REFUSED"),
    (412, "STALE_VERSION"),
    (413, "BODY_TOO_LARGE"),
    (415, "UNSUPPORTED_MEDIA_TYPE"),
    (416, "RANGE_NOT_SATISFIABLE"),
    (422, "UNPROCESSABLE"),
    (428, "PRECONDITION_REQUIRED"),
    (429, "THROTTLED"),
    (500, "INTERNAL"),
    (503, "UPSTREAM_UNAVAILABLE"),
    (504, "DEADLINE_EXCEEDED"),
];

const BEARER: &str = "`Bearer`, with `error=\"invalid_token\"` where a token was sent (RFC 6750).";
const INSUFFICIENT: &str = "`Bearer` with `error=\"insufficient_scope\"` and the permission that is missing as `scope`, where one is.";

pub(super) fn responses(source: &Source<'_>, components: &mut Components<'_>, endpoint: &Endpoint) -> Value {
    let mut responses = Map::new();
    let (status, response) = success(source, components, endpoint);
    responses.insert(status.to_owned(), response);
    if endpoint.reply == Reply::Download {
        responses.insert("206".to_owned(), part());
    }
    if endpoint.reply == Reply::Download || endpoint.is_versioned_read() && !endpoint.mixed {
        responses.insert("304".to_owned(), json!({ "description": "It still is what the client has." }));
    }

    let mut reasons: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for reason in &endpoint.route.refuses {
        let declared = source.problems.iter().find(|problem| problem.reason == *reason);
        reasons.entry(declared.map_or(409, |problem| problem.status.as_u16())).or_default().push(reason);
    }
    let mut statuses = applicable(endpoint);
    statuses.extend(reasons.keys());
    for status in statuses {
        let response = match reasons.get(&status) {
            Some(reasons) => with_reasons(source, status, reasons),
            None => json!({ "$ref": format!("#/components/responses/Problem{status}") }),
        };
        responses.insert(status.to_string(), response);
    }
    responses.into()
}

fn applicable(endpoint: &Endpoint) -> Vec<u16> {
    let route = &endpoint.route;
    let protected = route.access != "PUBLIC";
    let has_body = endpoint.body != Body::None;
    // 401: a token that is wrong is refused everywhere.
    let always = [400, 401, 429, 500, 503, 504].map(|status| (true, status));
    let sometimes = [
        (protected, 403),
        (!endpoint.path_params.is_empty(), 404),
        (route.method != Method::GET, 409),
        (route.versioned || route.conditional || endpoint.is_versioned_read(), 412),
        (has_body, 408),
        (has_body, 413),
        (has_body, 415),
        (endpoint.reply == Reply::Download, 416),
        (route.keyed, 422),
        (route.versioned, 428),
    ];
    always.into_iter().chain(sometimes).filter(|(applies, _)| *applies).map(|(_, status)| status).collect()
}

fn with_reasons(source: &Source<'_>, status: u16, reasons: &[&str]) -> Value {
    let mut description = heading(status).to_owned();
    for reason in reasons {
        let documented = source.problems.iter().find(|problem| problem.reason == **reason);
        let text = documented.map(|problem| format!(": {}", problem.text)).unwrap_or_default();
        description.push_str(&format!("\n- `{reason}`{text}"));
    }
    response(status, &description, reasons.first().copied().unwrap_or_default())
}

/// The responses that need no more words than their status.
pub(super) fn shared() -> Value {
    let responses = PROBLEMS
        .iter()
        .map(|(status, reason)| (format!("Problem{status}"), response(*status, heading(*status), reason)));
    Value::Object(responses.collect())
}

fn heading(status: u16) -> &'static str {
    title(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
}

fn response(status: u16, description: &str, reason: &str) -> Value {
    let mut example = json!({
        "type": format!("/problems/{reason}"),
        "title": heading(status),
        "status": status,
        "detail": heading(status).to_lowercase(),
        "reason": reason,
        "traceId": "0af7651916cd43dd8448eb211c80319c",
    });
    if reason == "INVALID_REQUEST" {
        example["violations"] = json!([{ "field": "lines[2].quantity", "message": "is required" }]);
    }
    let mut headers = Map::new();
    if status == 429 {
        headers.insert("Retry-After".to_owned(), header("Seconds after which to try again.", "integer"));
    }
    if status == 416 {
        headers.insert("Content-Range".to_owned(), header("How large it is, like `bytes */4096`.", "string"));
    }
    if status == 401 {
        headers.insert("WWW-Authenticate".to_owned(), header(BEARER, "string"));
    }
    if status == 403 {
        headers.insert("WWW-Authenticate".to_owned(), header(INSUFFICIENT, "string"));
    }
    let mut response = json!({
        "description": description,
        "content": { MEDIA_TYPE: { "schema": { "$ref": "#/components/schemas/Problem" }, "example": example } },
    });
    if !headers.is_empty() {
        response["headers"] = headers.into();
    }
    response
}

/// The answer to a `Range`.
fn part() -> Value {
    json!({
        "description": "The part that was asked for.",
        "headers": { "Content-Range": header("Which part of how much, like `bytes 0-1023/4096`.", "string") },
        "content": raw(),
    })
}

/// Whatever the file is. Generators know what to do with bytes, and not with any type there is.
fn raw() -> Value {
    let binary = json!({ "schema": { "type": "string", "format": "binary" } });
    json!({ "application/octet-stream": binary.clone(), "*/*": binary })
}

fn header(description: &str, kind: &str) -> Value {
    json!({ "description": description, "schema": { "type": kind } })
}

fn success(
    source: &Source<'_>,
    components: &mut Components<'_>,
    endpoint: &Endpoint,
) -> (&'static str, Value) {
    let mut headers = Map::new();
    let mut status = "200";
    let mut description = "The answer.";
    let content = match endpoint.reply {
        Reply::Empty => {
            (status, description) = ("204", "Done.");
            Value::Null
        }
        Reply::Json(output) => {
            let schema = components.message(output, Side::Answer);
            let mut example = example::message(source.schemas, output, Side::Answer, &[]).unwrap_or_default();
            if let Some(entries) = &endpoint.route.answer {
                example::with(&mut example, entries);
            }
            json!({ "application/json": object([("schema", schema), ("example", example)]) })
        }
        Reply::Events(output) => {
            description = "Messages as they come; a problem that ends the stream is its last event.";
            let schema = components.message(output, Side::Answer);
            json!({ "application/x-ndjson": { "schema": schema }, "text/event-stream": { "schema": { "type": "string" } } })
        }
        Reply::Raw | Reply::Download => {
            description = "The raw body, with its own content type.";
            raw()
        }
    };
    if !endpoint.version.is_empty() {
        headers.insert("ETag".to_owned(), header("The version, like `\"v7\"`; for `If-Match`.", "string"));
    }
    if !endpoint.location.is_empty() {
        (status, description) = ("201", "Created.");
        headers.insert("Location".to_owned(), header("Where the new resource is.", "string"));
    }
    if endpoint.route.accepted {
        (status, description) = ("202", "Taken; it is worked on.");
    }
    if endpoint.route.keyed {
        let text = "`true` when the answer is the one given earlier for this key.";
        headers.insert("Idempotency-Replayed".to_owned(), header(text, "string"));
    }
    let headers = if headers.is_empty() { Value::Null } else { headers.into() };
    (status, object([("description", description.into()), ("headers", headers), ("content", content)]))
}

pub(super) fn problem_schema() -> Value {
    json!({
        "type": "object",
        "description": "A refusal, as RFC 9457 describes it.",
        "required": ["type", "title", "status", "detail", "reason"],
        "properties": {
            "type": { "type": "string", "format": "uri-reference", "description": "Where the reason is explained." },
            "title": { "type": "string", "description": "The status in words." },
            "status": { "type": "integer", "format": "int32", "description": "The HTTP status." },
            "detail": { "type": "string", "description": "What is wrong, for a person." },
            "reason": { "type": "string", "description": "What is wrong, for a program: stable." },
            "violations": {
                "type": "array",
                "description": "Everything that is wrong with the request, at once.",
                "items": { "$ref": "#/components/schemas/Violation" },
            },
            "traceId": { "type": "string", "description": "What to name to support." },
        },
    })
}

pub(super) fn violation_schema() -> Value {
    json!({
        "type": "object",
        "description": "What is wrong with one field.",
        "required": ["field", "message"],
        "properties": {
            "field": { "type": "string", "description": "Its full path; empty for the body as a whole." },
            "message": { "type": "string", "description": "What it must be." },
        },
    })
}
