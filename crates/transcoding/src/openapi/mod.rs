//! The OpenAPI 3.1 document: the contract's routes, messages and comments.

mod comments;
mod example;
mod operation;
mod responses;
mod schemas;

use std::{collections::BTreeMap, sync::Arc};

use prost_reflect::DescriptorPool;
use serde_json::{Map, Value, json};

use crate::{ProblemDoc, Settings, endpoint::Endpoint, schema::Schemas};

/// What every part of the document is made from.
struct Source<'a> {
    schemas: &'a Schemas,
    problems: &'a [ProblemDoc],
    comments: comments::Comments,
    names: schemas::Names,
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
        "info": { "title": settings.title, "version": settings.version, "description": settings.description },
        "servers": [{ "url": settings.server }],
        "tags": tags(&source, endpoints),
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

fn tags(source: &Source<'_>, endpoints: &[Arc<Endpoint>]) -> Vec<Value> {
    let mut tags: Vec<Value> = Vec::new();
    for endpoint in endpoints {
        let name = tag(endpoint);
        if tags.iter().any(|tag| tag["name"] == name) {
            continue;
        }
        let service = endpoint.rpc.parent_service();
        let description = source.comments.of(&service.parent_file(), service.path());
        tags.push(object([("name", name.into()), ("description", description.into())]));
    }
    tags
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
