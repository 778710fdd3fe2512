//! What an event's message is like as JSON: its schema, and an example of it.

use prost_reflect::{Cardinality, FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value, json};

const INSTANT: &str = "google.protobuf.Timestamp";
const EXAMPLE_ID: &str = "0198c0de-5a5e-7b1f-8a51-2f6f0f9b3c31";

/// The JSON Schema 2020-12 of a message. Later versions add fields: a receiver takes those it does not know.
pub(super) fn schema(message: &MessageDescriptor) -> Value {
    if message.full_name() == INSTANT {
        return json!({"type": "string", "format": "date-time"});
    }
    let properties = message.fields().map(|field| (field.json_name().to_owned(), field_schema(&field)));
    json!({"type": "object", "properties": properties.collect::<Map<_, _>>()})
}

fn field_schema(field: &FieldDescriptor) -> Value {
    let one = match field.kind() {
        Kind::Message(message) => schema(&message),
        Kind::Enum(values) => {
            let names = values.values().map(|value| value.name().to_owned());
            json!({"type": "string", "enum": names.collect::<Vec<_>>()})
        }
        Kind::Bool => json!({"type": "boolean"}),
        Kind::Double | Kind::Float => json!({"type": "number"}),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 | Kind::Uint32 | Kind::Fixed32 => {
            json!({"type": "integer"})
        }
        // ProtoJSON writes whole numbers of 64 bits as text.
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 | Kind::Uint64 | Kind::Fixed64 => {
            json!({"type": "string"})
        }
        Kind::String | Kind::Bytes => json!({"type": "string"}),
    };
    match field.cardinality() {
        Cardinality::Repeated => json!({"type": "array", "items": one}),
        Cardinality::Optional | Cardinality::Required => one,
    }
}

/// A message as it may come.
pub(super) fn example(message: &MessageDescriptor) -> Value {
    if message.full_name() == INSTANT {
        return json!("2027-01-26T08:53:20Z");
    }
    message
        .fields()
        .map(|field| (field.json_name().to_owned(), field_example(&field)))
        .collect::<Map<_, _>>()
        .into()
}

fn field_example(field: &FieldDescriptor) -> Value {
    let one = match field.kind() {
        Kind::Message(message) => example(&message),
        Kind::Enum(values) => {
            let value = values.values().last();
            json!(value.map(|value| value.name().to_owned()))
        }
        Kind::Bool => json!(true),
        Kind::Double | Kind::Float => json!(1.5),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 | Kind::Uint32 | Kind::Fixed32 => json!(1),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 | Kind::Uint64 | Kind::Fixed64 => json!("1"),
        Kind::String | Kind::Bytes => text(field.name()),
    };
    if field.is_list() { json!([one]) } else { one }
}

/// By what its name ends in.
fn text(name: &str) -> Value {
    match name {
        _ if name.ends_with("_id") || name == "follow_up_of" => json!(EXAMPLE_ID),
        "from" | "to" => json!("LIVE"),
        _ if name.ends_with("_date") || name.starts_with("valid_") => json!("2027-01-26"),
        "time_zone" => json!("Europe/Bucharest"),
        "locale" => json!("ro"),
        "country" => json!("RO"),
        _ => json!(name.to_uppercase()),
    }
}
