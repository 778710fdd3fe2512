//! One operation: its texts, parameters, body and permission.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    Source, comments::split_summary, example, object, responses, schemas::Components, sides::Side, tag,
};
use crate::{
    endpoint::{Body, Endpoint, Reply},
    route::{Segment, segments},
    schema::Field,
};

/// The path with the JSON names of its fields.
pub(super) fn path(endpoint: &Endpoint) -> String {
    let mut params = endpoint.path_params.iter();
    let mut path = String::new();
    for segment in segments(&endpoint.route.path).unwrap_or_default() {
        match (segment, &mut params) {
            (Segment::Literal(text), _) => path.extend(["/", text]),
            (Segment::Field(_), params) => {
                path.extend(["/{", params.next().map(|it| it.name.as_str()).unwrap_or_default(), "}"]);
            }
        }
    }
    path
}

/// The RPC's name; further routes of one RPC are numbered, RPCs of one name told apart by their service.
pub(super) fn unique_id(endpoint: &Endpoint, taken: &mut BTreeMap<String, String>) -> String {
    let lower = |name: &str| name[..1].to_ascii_lowercase() + &name[1..];
    let name = lower(endpoint.rpc.name());
    let rpc = &endpoint.route.rpc;
    let mut candidate = match taken.get(&name) {
        Some(other) if other != rpc => format!("{}{}", lower(&tag(endpoint)), endpoint.rpc.name()),
        _ => name,
    };
    let base = candidate.clone();
    let mut number = 1;
    while taken.contains_key(&candidate) {
        number += 1;
        candidate = format!("{base}{number}");
    }
    taken.insert(candidate.clone(), rpc.clone());
    candidate
}

/// `template` is the route whose names the path has.
pub(super) fn operation(
    source: &Source<'_>,
    components: &mut Components<'_>,
    endpoint: &Endpoint,
    template: &Endpoint,
    id: String,
) -> Value {
    let route = &endpoint.route;
    let file = endpoint.rpc.parent_service().parent_file();
    let (summary, mut description) = split_summary(source.comments.of(&file, endpoint.rpc.path()));
    let needs = route.permission().map(|permission| format!("Needs the permission `{permission}`."));
    let goes = route.deprecation.as_ref();
    let goes = goes.map(|it| format!("Deprecated since {}, gone from {} on.", it.since, it.sunset));
    for sentence in [needs, goes].into_iter().flatten() {
        let blank = if description.is_empty() { "" } else { "\n\n" };
        description.push_str(&format!("{blank}{sentence}"));
    }
    let mut operation = object([
        ("operationId", id.into()),
        ("tags", json!([tag(endpoint)])),
        ("summary", summary.into()),
        ("description", description.into()),
        ("parameters", parameters(source, components, endpoint, template).into()),
        ("requestBody", request_body(source, components, endpoint)),
        ("responses", responses::responses(source, components, endpoint)),
        ("x-careway-permission", route.permission().into()),
    ]);
    if route.deprecation.is_some() {
        operation["deprecated"] = true.into();
    }
    if route.access == "PUBLIC" {
        operation["security"] = json!([]);
    }
    if let Some(permission) = route.permission() {
        operation["security"] = json!([{ "bearer": [] }, { "oauth2": [permission] }]);
    }
    operation
}

fn parameters(
    source: &Source<'_>,
    components: &mut Components<'_>,
    endpoint: &Endpoint,
    template: &Endpoint,
) -> Vec<Value> {
    let mut parameters = Vec::new();
    for (param, named) in endpoint.path_params.iter().zip(&template.path_params) {
        let field = field(source, endpoint.input, &param.fields);
        parameters.push(parameter(components, "path", &named.name, field, true));
    }
    for param in &endpoint.query_params {
        let field = field(source, endpoint.input, &param.fields);
        parameters.push(parameter(components, "query", &param.name, field, param.required));
    }
    let mut header = |name: &str, required: bool, description: &str, schema: Value| {
        parameters.push(json!({
            "name": name, "in": "header", "required": required, "description": description, "schema": schema,
        }));
    };
    if endpoint.route.keyed {
        let text = "Chosen by the client, the same for every try of one request: it is done once.";
        let schema = json!({ "type": "string", "minLength": 16, "maxLength": 255, "pattern": "^[!-~]+$",
            "examples": ["0198c5a2-7b1e-7c3d-9f00-3d2a1b4c5e6f"] });
        header("Idempotency-Key", true, text, schema);
    }
    if endpoint.route.versioned || endpoint.route.conditional {
        let schema = json!({ "type": "string", "pattern": "^\"v[0-9]{1,18}\"$", "examples": ["\"v7\""] });
        let text = match endpoint.route.versioned {
            true => "The ETag of the version that is changed.",
            false => "The ETag of the version that was read: if it is another by now, nothing is done.",
        };
        header("If-Match", endpoint.route.versioned, text, schema);
    }
    if endpoint.is_versioned_read() {
        let tags = |example: &str| json!({ "type": "string", "examples": [example] });
        let same = "The ETag that it is to have still: when it has another, the answer is 412.";
        header("If-Match", false, same, tags("\"v7\""));
        if !endpoint.mixed {
            let unless = "ETags that are there already: when it still has one of them, the answer is 304.";
            header("If-None-Match", false, unless, tags("\"v7\""));
        }
    }
    if endpoint.reply == Reply::Download {
        let text = |example: &str| json!({ "type": "string", "examples": [example] });
        header(
            "Range",
            false,
            "The one part that is wanted, where the resource has parts.",
            text("bytes=0-1023"),
        );
        let only_if = "The ETag of the part that is there already: when it changed, the whole is answered.";
        header("If-Range", false, only_if, text("\"9f86d081\""));
        let unless = "ETags that are there already: when it still is one of them, the answer is 304.";
        header("If-None-Match", false, unless, text("\"9f86d081\""));
    }
    parameters
}

fn parameter(
    components: &mut Components<'_>,
    place: &str,
    name: &str,
    field: &Field,
    required: bool,
) -> Value {
    let mut schema = components.field(field, Side::Request);
    let description =
        schema.as_object_mut().and_then(|schema| schema.remove("description")).unwrap_or_default();
    let mut parameter = object([
        ("name", name.into()),
        ("in", place.into()),
        ("description", description),
        ("schema", schema),
    ]);
    if required {
        parameter["required"] = true.into();
    }
    parameter
}

fn field<'a>(source: &Source<'a>, root: usize, path: &[usize]) -> &'a Field {
    let mut field = &source.schemas.message(root).fields[path[0]];
    for index in &path[1..] {
        let inner = field.message().expect("only messages are led through");
        field = &source.schemas.message(inner).fields[*index];
    }
    field
}

fn request_body(source: &Source<'_>, components: &mut Components<'_>, endpoint: &Endpoint) -> Value {
    let input = source.schemas.message(endpoint.input);
    let mut without: Vec<&[usize]> =
        endpoint.path_params.iter().map(|param| param.fields.as_slice()).collect();
    let mask = endpoint.update_mask.map(|index| vec![index]);
    without.extend(mask.as_deref());
    let patch = endpoint.update_mask.is_some();

    let (schema, example, required) = match endpoint.body {
        Body::None => return Value::Null,
        Body::Raw(_) => {
            let any = vec!["application/octet-stream".to_owned()];
            let types = if endpoint.route.consumes.is_empty() { &any } else { &endpoint.route.consumes };
            let raw = json!({ "schema": { "type": "string", "format": "binary" } });
            let content: serde_json::Map<_, _> = types.iter().map(|it| (it.clone(), raw.clone())).collect();
            return json!({ "required": true, "content": content });
        }
        Body::Whole => {
            let fields = input.fields.iter().enumerate();
            let required =
                fields.filter(|(index, _)| !without.contains(&&[*index][..])).any(|(_, it)| it.required);
            let schema = components.request(endpoint.input, &without);
            (schema, example::message(source.schemas, endpoint.input, Side::Request, &without), required)
        }
        Body::Field(index) => {
            let field = &input.fields[index];
            let example = field.message();
            let example = example.and_then(|id| example::message(source.schemas, id, Side::Request, &[]));
            (components.field(field, Side::Request), example, field.required)
        }
    };
    // A PATCH changes what it names: nothing of it is required.
    let schema = if patch { components.relaxed(schema) } else { schema };
    let content = object([("schema", schema), ("example", example.unwrap_or_default())]);
    json!({ "required": required || patch || endpoint.route.filled, "content": { "application/json": content } })
}
