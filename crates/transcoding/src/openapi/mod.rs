//! The OpenAPI 3.1 document: the contract's routes, messages and comments.

mod comments;
mod day;
mod example;
mod facets;
mod operation;
mod responses;
mod schemas;
mod sides;
mod text;

use std::{collections::BTreeMap, sync::Arc};

use chrono::NaiveDate;
use prost_reflect::DescriptorPool;
use serde_json::{Map, Value, json};

use crate::{ProblemDoc, Settings, Tag, endpoint::Endpoint, schema::Schemas};

/// SPDX.
const LICENSE: &str = env!("CARGO_PKG_LICENSE");

/// What every part of the document is made from.
struct Source<'a> {
    schemas: &'a Schemas,
    problems: &'a [ProblemDoc],
    comments: comments::Comments,
    names: schemas::Names,
    sides: sides::Sides,
}

/// The document with the examples as they are true on this day.
pub(crate) fn on(today: NaiveDate, document: &Value) -> Value {
    let mut document = document.clone();
    day::move_to(today, &mut document);
    document
}

/// The text of the document.
pub(crate) fn text(document: &Value) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&text::Ordered(document))
}

pub(crate) fn document(
    pool: &DescriptorPool,
    schemas: &Schemas,
    endpoints: &[Arc<Endpoint>],
    settings: &Settings,
    problems: &[ProblemDoc],
) -> Value {
    let source = Source {
        schemas,
        problems,
        comments: comments::Comments::read(pool),
        names: schemas::Names::new(schemas),
        sides: sides::Sides::new(schemas, endpoints),
    };
    let mut components = schemas::Components::new(&source);
    let mut paths = settings.extra_paths.clone();
    let mut operation_ids = BTreeMap::new();
    let mut scopes: BTreeMap<&str, Vec<String>> = BTreeMap::new();

    let mut by_pattern: BTreeMap<&str, Vec<&Endpoint>> = BTreeMap::new();
    for endpoint in endpoints {
        by_pattern.entry(&endpoint.route.pattern).or_default().push(endpoint);
    }
    for endpoints in by_pattern.values() {
        // One template per path: its fields have the names of the first route.
        let path = operation::path(endpoints[0]);
        let item = paths.entry(path).or_insert_with(|| json!({}));
        for endpoint in endpoints {
            let id = operation::unique_id(endpoint, &mut operation_ids);
            if let Some(permission) = endpoint.route.permission() {
                scopes.entry(permission).or_default().push(id.clone());
            }
            let operation = operation::operation(&source, &mut components, endpoint, endpoints[0], id);
            item[endpoint.route.method.as_str().to_ascii_lowercase()] = operation;
        }
    }

    let mut schemas = components.into_schemas();
    schemas.extend([
        ("Problem".to_owned(), responses::problem_schema()),
        ("Violation".to_owned(), responses::violation_schema()),
    ]);
    json!({
        "openapi": "3.1.0",
        "info": info(settings),
        "servers": [{ "url": settings.server }],
        "tags": tags(&source, endpoints, &settings.tags),
        "paths": paths,
        "security": [{ "bearer": [] }, { "oauth2": [] }],
        "components": {
            "schemas": schemas,
            "responses": responses::shared(),
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
                "oauth2": {
                    "type": "oauth2",
                    "flows": { "clientCredentials": { "tokenUrl": "/oauth2/token", "scopes": described(scopes) } },
                },
            },
        },
    })
}

/// Each scope with the operations that it lets a caller ask for.
fn described(scopes: BTreeMap<&str, Vec<String>>) -> Value {
    let described = scopes.into_iter().map(|(scope, ids)| (scope.to_owned(), Value::from(ids.join(", "))));
    Value::Object(described.collect())
}

fn info(settings: &Settings) -> Value {
    let contact = settings.contact.as_ref();
    object([
        ("title", settings.title.clone().into()),
        ("version", settings.version.clone().into()),
        ("description", settings.description.clone().into()),
        ("contact", contact.map(|url| json!({ "name": "Who runs this installation", "url": url })).into()),
        ("license", json!({ "name": LICENSE, "identifier": LICENSE })),
    ])
}

/// The tags in the order of the settings, then those of the contract that are not among them.
fn tags(source: &Source<'_>, endpoints: &[Arc<Endpoint>], first: &[Tag]) -> Vec<Value> {
    let mut described: Vec<(String, String)> =
        first.iter().map(|tag| (tag.name.clone(), tag.description.clone())).collect();
    for endpoint in endpoints {
        let name = tag(endpoint);
        let service = endpoint.rpc.parent_service();
        let comment = source.comments.of(&service.parent_file(), service.path());
        match described.iter_mut().find(|(known, _)| *known == name) {
            Some((_, text)) if text.is_empty() => *text = comment.to_owned(),
            Some(_) => {}
            None => described.push((name, comment.to_owned())),
        }
    }
    let tags = described.into_iter();
    tags.map(|(name, text)| object([("name", name.into()), ("description", text.into())])).collect()
}

/// `VisitService` → `Visit`.
fn tag(endpoint: &Endpoint) -> String {
    let service = endpoint.rpc.parent_service();
    service.name().strip_suffix("Service").unwrap_or(service.name()).to_owned()
}

/// An object without the entries that say nothing.
fn object<const N: usize>(entries: [(&str, Value); N]) -> Value {
    let said = |value: &Value| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        _ => true,
    };
    let entries = entries.into_iter().filter(|(_, value)| said(value));
    Value::Object(entries.map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>())
}
