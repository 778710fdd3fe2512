//! Example messages, assembled from the examples of their fields.

use serde_json::{Map, Value, json};

use crate::schema::{Arity, Field, Kind, Schemas, Shape};

const MAX_DEPTH: usize = 6;

/// An example of the message, or none if no field of it has one.
pub(super) fn message(schemas: &Schemas, id: usize, without: &[&[usize]]) -> Option<Value> {
    at_depth(schemas, id, without, 0)
}

fn at_depth(schemas: &Schemas, id: usize, without: &[&[usize]], depth: usize) -> Option<Value> {
    let message = schemas.message(id);
    match message.shape {
        Shape::Timestamp => return Some(json!("2026-01-31T08:00:00Z")),
        Shape::Duration => return Some(json!("90s")),
        Shape::FieldMask | Shape::Wrapper | Shape::Struct | Shape::Value | Shape::ListValue => return None,
        Shape::Object if depth > MAX_DEPTH => return None,
        Shape::Object => {}
    }
    let mut example = Map::new();
    for (index, field) in message.fields.iter().enumerate() {
        if without.contains(&&[index][..]) || field.is_raw() {
            continue;
        }
        // Members of a oneof exclude each other: the first one is shown.
        let shown = |other: &Field| {
            other.oneof.is_some() && other.oneof == field.oneof && example.contains_key(&*other.json)
        };
        if message.fields[..index].iter().any(shown) {
            continue;
        }
        if let Some(value) = field_example(schemas, field, depth) {
            example.insert(field.json.clone().into(), value);
        }
    }
    (!example.is_empty()).then_some(Value::Object(example))
}

fn field_example(schemas: &Schemas, field: &Field, depth: usize) -> Option<Value> {
    let one = match (&field.example, &field.kind) {
        (Some(list @ Value::Array(_)), _) if field.arity == Arity::List => return Some(list.clone()),
        (Some(example), _) => Some(example.clone()),
        (None, _) if field.arity == Arity::Map => None,
        (None, Kind::Message(id)) => at_depth(schemas, *id, &[], depth + 1),
        (None, Kind::Enum(values)) => values.values().next().map(Into::into),
        (None, _) if !field.required => None,
        (None, Kind::String) => Some(json!("text")),
        (None, Kind::Bool) => Some(json!(true)),
        (None, Kind::Bytes) => Some(json!("AA==")),
        (None, Kind::Raw) => None,
        (None, _) => Some(json!(1)),
    }?;
    Some(if field.arity == Arity::List { json!([one]) } else { one })
}
