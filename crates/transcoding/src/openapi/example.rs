//! Example messages, assembled from the examples of their fields.

use serde_json::{Map, Value, json};

use super::{facets, sides::Side};
use crate::schema::{Arity, Field, Kind, Message, Schemas, Shape};

const MAX_DEPTH: usize = 6;

/// An example of the message, or none if there is nothing to show of it.
pub(super) fn message(schemas: &Schemas, id: usize, side: Side, without: &[&[usize]]) -> Option<Value> {
    Examples { schemas, side }.message(id, without, 0)
}

/// The example with these entries in it, and into the objects that both have.
pub(super) fn with(example: &mut Value, entries: &Value) {
    match (example, entries) {
        (Value::Object(example), Value::Object(entries)) => {
            for (key, value) in entries {
                with(example.entry(key).or_insert(Value::Null), value);
            }
        }
        (example, entries) => *example = entries.clone(),
    }
}

struct Examples<'a> {
    schemas: &'a Schemas,
    side: Side,
}

impl Examples<'_> {
    fn message(&self, id: usize, without: &[&[usize]], depth: usize) -> Option<Value> {
        let message = self.schemas.message(id);
        match message.shape {
            Shape::Timestamp => return Some(json!("2026-03-02T08:00:00Z")),
            Shape::Duration => return Some(json!("90s")),
            Shape::Struct => return Some(json!({})),
            Shape::FieldMask | Shape::Wrapper | Shape::Value | Shape::ListValue => return None,
            Shape::Object if depth > MAX_DEPTH => return None,
            Shape::Object => {}
        }
        let mut example = Map::new();
        for (index, field) in message.fields.iter().enumerate() {
            if without.contains(&&[index][..]) || field.is_raw() || !self.is_shown(message, field) {
                continue;
            }
            // Members of a oneof exclude each other: the first one is shown.
            let shown = |other: &Field| {
                other.oneof.is_some() && other.oneof == field.oneof && example.contains_key(&*other.json)
            };
            if message.fields[..index].iter().any(shown) {
                continue;
            }
            if let Some(value) = self.field(field, depth) {
                example.insert(field.json.clone().into(), value);
            }
        }
        (!example.is_empty()).then_some(Value::Object(example))
    }

    /// What need not be there may be of one state and not of another: an answer with a state shows none of it. An instant is
    /// of a step that was taken, which no example of the contract says.
    fn is_shown(&self, message: &Message, field: &Field) -> bool {
        let has_state = self.side == Side::Answer
            && message
                .fields
                .iter()
                .any(|field| matches!(field.kind, Kind::Enum(_)) && &*field.name == "state");
        let instant = field.message().map(|id| self.schemas.message(id).shape) == Some(Shape::Timestamp);
        let is_of_a_state = has_state || instant && field.example.is_none();
        self.side.requires(field) || !is_of_a_state
    }

    fn field(&self, field: &Field, depth: usize) -> Option<Value> {
        let one = match (&field.example, &field.kind) {
            (Some(list @ Value::Array(_)), _) if field.arity == Arity::List => return Some(list.clone()),
            (Some(example), _) => Some(example.clone()),
            (None, _) if field.arity == Arity::Map => None,
            (None, Kind::Message(id)) => self.message(*id, &[], depth + 1),
            (None, Kind::Enum(values)) => values.values().next().map(Into::into),
            (None, _) if !self.side.requires(field) => None,
            // Of what is always there and has no example, an empty list says least.
            (None, _) if field.arity == Arity::List && !field.required => None,
            (None, Kind::String) => Some(facets::sample(field)),
            (None, Kind::Bool) => Some(json!(self.side == Side::Request)),
            (None, Kind::Bytes) => Some(json!("AA==")),
            (None, Kind::Raw) => None,
            (None, Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 | Kind::Uint64 | Kind::Fixed64) => {
                Some(json!("1"))
            }
            (None, _) => Some(json!(field.facets.least.unwrap_or(1))),
        };
        match (field.arity, one) {
            (Arity::List, Some(one)) => Some(json!([one])),
            (Arity::List, None) if self.side.requires(field) => Some(json!([])),
            (Arity::Map, None) if self.side.requires(field) => Some(json!({})),
            (_, one) => one,
        }
    }
}
