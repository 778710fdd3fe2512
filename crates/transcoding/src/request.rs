//! A request's path, query and JSON body as one framed message.

use std::{borrow::Cow, error::Error};

use axum::{
    body::Body,
    http::{Method, StatusCode, header, request::Parts},
};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use percent_encoding::percent_decode_str;
use tower_http::timeout::TimeoutError;

use crate::{
    Problem, Violation,
    endpoint::{self, Endpoint},
    frames::{HEAD, Outgoing},
    node::Node,
    parse::{At, Parser},
    scalar,
    schema::{Kind, Schemas},
    wire,
};

type Entries<'a> = Vec<(Cow<'a, str>, Node<'a>)>;

/// A request in the contract's form. What is missing of it the service refuses, together with what is wrong beside.
#[derive(Debug, Default)]
pub(crate) struct RestCall {
    pub(crate) message: Outgoing,
    pub(crate) missing: Vec<Violation>,
}

/// Reads the body, if the route has one, and encodes the request.
pub(crate) async fn message(
    endpoint: &Endpoint,
    schemas: &Schemas,
    parts: &Parts,
    body: Body,
) -> Result<RestCall, Problem> {
    if endpoint.body == endpoint::Body::None {
        return encode(endpoint, schemas, parts, &[]);
    }
    let body = read(body, endpoint.limits.json).await?;
    if !body.is_empty() && !is_json(endpoint, parts) {
        return Err(Problem::unsupported_media_type("application/json"));
    }
    encode(endpoint, schemas, parts, &body)
}

/// The whole body, if it is not larger than `limit`.
pub(crate) async fn read(body: Body, limit: usize) -> Result<Bytes, Problem> {
    use http_body::Body as _;
    if body.size_hint().lower() > limit as u64 {
        return Err(Problem::too_large(limit));
    }
    match Limited::new(body, limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if is_because::<LengthLimitError>(&*error) => Err(Problem::too_large(limit)),
        Err(error) => Err(broken(&*error)),
    }
}

/// A body that cannot be read to its end: a layer before found it too large or too slow, or the client has gone.
pub(crate) fn broken(error: &(dyn Error + 'static)) -> Problem {
    if is_because::<TimeoutError>(error) {
        return Problem::new(StatusCode::REQUEST_TIMEOUT, "BODY_TOO_SLOW", "The body did not go on in time.");
    }
    if is_because::<LengthLimitError>(error) {
        return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE", "The body is too large.");
    }
    Problem::new(StatusCode::BAD_REQUEST, "INCOMPLETE_BODY", "The body broke off.")
}

fn is_because<E: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    let mut source = Some(error);
    while let Some(error) = source {
        if error.is::<E>() {
            return true;
        }
        source = error.source();
    }
    false
}

fn is_json(endpoint: &Endpoint, parts: &Parts) -> bool {
    let media_type = media_type(parts);
    media_type.eq_ignore_ascii_case("application/json")
        || endpoint.route.method == Method::PATCH
            && media_type.eq_ignore_ascii_case("application/merge-patch+json")
}

/// The content type without its parameters; empty if there is none.
pub(crate) fn media_type(parts: &Parts) -> &str {
    let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    content_type.and_then(|it| it.split(';').next()).unwrap_or_default().trim()
}

/// The parameters and the JSON as a frame.
fn encode(endpoint: &Endpoint, schemas: &Schemas, parts: &Parts, body: &[u8]) -> Result<RestCall, Problem> {
    let parser = parsed(endpoint, schemas, parts, body)?;
    if !parser.violations.is_empty() {
        return Err(refused(endpoint, schemas, parser));
    }
    let missing = as_the_client_sees(endpoint, schemas, parser.missing);
    Ok(RestCall { message: Outgoing::new(parser.out, Bytes::new()), missing })
}

/// The parameters alone, after [`HEAD`] free bytes, for a body that is no JSON. Nothing may be missing of them: such a
/// body is not sent to a service that must refuse it.
pub(crate) fn parameters(endpoint: &Endpoint, schemas: &Schemas, parts: &Parts) -> Result<Vec<u8>, Problem> {
    let parser = parsed(endpoint, schemas, parts, &[])?;
    if parser.violations.is_empty() && parser.missing.is_empty() {
        return Ok(parser.out);
    }
    Err(refused(endpoint, schemas, parser))
}

/// The parameters and the JSON as a message, after [`HEAD`] free bytes, with everything that is wrong with both.
fn parsed<'s>(
    endpoint: &Endpoint,
    schemas: &'s Schemas,
    parts: &Parts,
    body: &[u8],
) -> Result<Parser<'s>, Problem> {
    let mut encoded = Vec::with_capacity(HEAD + 64 + body.len());
    encoded.resize(HEAD, 0);
    let partial_at =
        endpoint.update_mask.map(|_| usize::from(matches!(endpoint.body, endpoint::Body::Field(_))));
    let mut parser = Parser::new(schemas, encoded).partial(partial_at);

    let mut root = body_entries(endpoint, schemas, body, &mut parser)?;
    if let Some(mask) = endpoint.update_mask {
        put_update_mask(endpoint, schemas, mask, &root, &mut parser);
        if endpoint.route.masks_unknown_keys {
            root.retain(|(key, _)| schemas.message(endpoint.input).by_json(key).is_some());
        }
    }
    path_entries(endpoint, schemas, parts, &mut root, &mut parser);
    query_entries(endpoint, schemas, parts, &mut root, &mut parser);
    put_last_event_id(endpoint, schemas, parts, &mut root);

    parser.message(endpoint.input, &Node::Object(root), &At::Root);
    Ok(parser)
}

fn refused(endpoint: &Endpoint, schemas: &Schemas, parser: Parser<'_>) -> Problem {
    let violations = parser.violations.into_iter().chain(parser.missing).collect();
    Problem::invalid(as_the_client_sees(endpoint, schemas, violations))
}

/// A body that is one field of the request has its paths without that field.
fn as_the_client_sees(
    endpoint: &Endpoint,
    schemas: &Schemas,
    mut violations: Vec<Violation>,
) -> Vec<Violation> {
    if let endpoint::Body::Field(index) = endpoint.body {
        let whole = &*schemas.message(endpoint.input).fields[index].json;
        for violation in &mut violations {
            match violation.field.strip_prefix(whole) {
                Some("") => violation.field.clear(),
                Some(rest) if rest.starts_with('.') => violation.field = rest[1..].to_owned(),
                _ => {}
            }
        }
    }
    violations
}

fn body_entries<'a>(
    endpoint: &'a Endpoint,
    schemas: &'a Schemas,
    body: &'a [u8],
    parser: &mut Parser<'_>,
) -> Result<Entries<'a>, Problem> {
    if body.is_empty() {
        return Ok(Vec::new());
    }
    let node: Node<'a> = serde_json::from_slice(body).map_err(|error| malformed(&error))?;
    match (endpoint.body, node) {
        (endpoint::Body::Field(index), node) => {
            Ok(vec![(Cow::Borrowed(&*schemas.message(endpoint.input).fields[index].json), node)])
        }
        (_, Node::Object(entries)) => Ok(entries),
        (..) => {
            parser.violation(&At::Root, "must be an object");
            Ok(Vec::new())
        }
    }
}

fn malformed(error: &serde_json::Error) -> Problem {
    let detail = format!("The body is not JSON: {error}.");
    Problem::new(StatusCode::BAD_REQUEST, "MALFORMED_JSON", detail)
}

/// The mask names what the body names, `null` (= clear) included; where the contract says so also what nobody knows.
fn put_update_mask(
    endpoint: &Endpoint,
    schemas: &Schemas,
    mask: usize,
    root: &Entries<'_>,
    parser: &mut Parser<'_>,
) {
    let input = schemas.message(endpoint.input);
    let (of, entries) = match (endpoint.body, root.first()) {
        (endpoint::Body::Field(index), Some((_, Node::Object(entries)))) => {
            (input.fields[index].message().unwrap_or(endpoint.input), entries)
        }
        // It is missing, or no object: that is told.
        (endpoint::Body::Field(_), _) => return,
        _ => (endpoint.input, root),
    };
    let of = schemas.message(of);
    let mut paths = Vec::new();
    for (key, _) in entries {
        match of.by_json(key) {
            Some(index) if std::ptr::eq(of, input) && index == mask => {
                parser.violation(&At::Key(&At::Root, key), "follows from the fields that are given");
            }
            Some(index) => wire::put_bytes(&mut paths, 1, of.fields[index].name.as_bytes()),
            None if endpoint.route.masks_unknown_keys => wire::put_bytes(&mut paths, 1, key.as_bytes()),
            None => {}
        }
    }
    if entries.is_empty() && parser.violations.is_empty() {
        let taken = |index: &usize| endpoint.path_params.iter().any(|param| param.fields[..] == [*index]);
        let given = |index: &usize| !std::ptr::eq(of, input) || (*index != mask && !taken(index));
        let names = (0..of.fields.len()).filter(given).map(|index| &*of.fields[index].json);
        let names = names.collect::<Vec<_>>().join(", ");
        parser.violation(&At::Root, format!("must have at least one of {names}"));
    }
    wire::put_bytes(&mut parser.out, input.fields[mask].number, &paths);
}

fn path_entries<'a>(
    endpoint: &'a Endpoint,
    schemas: &'a Schemas,
    parts: &'a Parts,
    root: &mut Entries<'a>,
    parser: &mut Parser<'_>,
) {
    if endpoint.path_params.is_empty() {
        return;
    }
    let mut segments = parts.uri.path().split('/').enumerate();
    for param in &endpoint.path_params {
        let Some((_, text)) = segments.find(|(index, _)| *index == param.segment) else { return };
        match percent_decode_str(text).decode_utf8() {
            Ok(text) => insert(schemas, endpoint.input, root, &param.fields, text),
            Err(_) => parser.violation(&At::Key(&At::Root, &param.name), "must be UTF-8"),
        }
    }
}

fn query_entries<'a>(
    endpoint: &'a Endpoint,
    schemas: &'a Schemas,
    parts: &'a Parts,
    root: &mut Entries<'a>,
    parser: &mut Parser<'_>,
) {
    let query = parts.uri.query().unwrap_or_default();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (Some(name), Some(value)) = (form_text(name), form_text(value)) else {
            parser.violation(&At::Key(&At::Root, name), "must be UTF-8");
            continue;
        };
        match endpoint.query_index.get(&*name) {
            Some(index) => {
                insert(schemas, endpoint.input, root, &endpoint.query_params[*index].fields, value)
            }
            None => parser.violation(&At::Key(&At::Root, &name), "is not a parameter of this request"),
        }
    }
}

fn form_text(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('+') {
        return percent_decode_str(text).decode_utf8().ok();
    }
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(|decoded| Cow::Owned(decoded.into_owned()))
}

/// After which event a stream goes on: from the header that a browser sends by itself when it comes back, which knows better
/// than the address it was first opened with.
fn put_last_event_id<'a>(
    endpoint: &Endpoint,
    schemas: &'a Schemas,
    parts: &'a Parts,
    root: &mut Entries<'a>,
) {
    let input = schemas.message(endpoint.input);
    let header = parts.headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let (Some(index), Some(id)) = (input.event_id(), header) else { return };
    root.retain(|(key, _)| **key != *input.fields[index].json);
    insert(schemas, endpoint.input, root, &[index], id.into());
}

/// Puts a parameter where a JSON body would have it. What is there already shows as a key given twice.
fn insert<'a>(
    schemas: &'a Schemas,
    id: usize,
    entries: &mut Entries<'a>,
    path: &[usize],
    text: Cow<'a, str>,
) {
    let Some((index, rest)) = path.split_first() else { return };
    let field = &schemas.message(id).fields[*index];
    let present = entries.iter().position(|(key, _)| **key == *field.json);
    let key = Cow::Borrowed(&*field.json);
    match (&field.kind, rest.is_empty()) {
        (Kind::Message(inner), false) => {
            let at = match present.filter(|at| matches!(entries[*at].1, Node::Object(_))) {
                Some(at) => at,
                None => {
                    entries.push((key, Node::Object(Vec::new())));
                    entries.len() - 1
                }
            };
            if let Node::Object(entries) = &mut entries[at].1 {
                insert(schemas, *inner, entries, rest, text);
            }
        }
        (kind, _) => {
            let kind = wrapped(schemas, kind);
            let value = scalar::from_text(kind, text);
            match present.map(|at| &mut entries[at].1) {
                Some(Node::List(list)) if !field.is_single() => list.push(value),
                _ if !field.is_single() => entries.push((key, Node::List(vec![value]))),
                _ => entries.push((key, value)),
            }
        }
    }
}

/// The kind inside `google.protobuf.Int32Value` and its like.
fn wrapped<'s>(schemas: &'s Schemas, kind: &'s Kind) -> &'s Kind {
    match kind {
        Kind::Message(id) if schemas.message(*id).shape == crate::schema::Shape::Wrapper => {
            &schemas.message(*id).fields[0].kind
        }
        kind => kind,
    }
}
