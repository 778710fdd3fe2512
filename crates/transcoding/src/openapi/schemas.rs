//! Messages as JSON schemas.

use std::collections::{BTreeMap, HashMap};

use prost_reflect::MessageDescriptor;
use serde_json::{Map, Value, json};

use super::{Source, facets, object, sides::Side};
use crate::schema::{Arity, Field, Kind, Schemas, Shape};

/// Names that are taken: by the document's own schemas, and by what generators put into every client.
const TAKEN: [&str; 14] = [
    "Problem",
    "Violation",
    "ApiClient",
    "ApiError",
    "ApiException",
    "ApiResponse",
    "AuthenticatedClient",
    "Client",
    "Configuration",
    "Error",
    "File",
    "Request",
    "Response",
    "Unset",
];

/// Readable and unique names of messages, by full name.
pub(super) struct Names(HashMap<String, String>);

impl Names {
    pub(super) fn new(schemas: &Schemas) -> Self {
        let mut owners: BTreeMap<String, Vec<&MessageDescriptor>> = BTreeMap::new();
        for message in schemas.messages() {
            owners.entry(short_name(&message.descriptor)).or_default().push(&message.descriptor);
        }
        let mut names = HashMap::new();
        for (short, messages) in owners {
            let alone = messages.len() == 1 && !TAKEN.contains(&short.as_str());
            let mut contexts: Vec<String> = messages.iter().map(|message| context(message)).collect();
            contexts.sort();
            contexts.dedup();
            for message in &messages {
                let name = match (alone, contexts.len() == messages.len()) {
                    (true, _) => short.clone(),
                    (false, true) => format!("{}{short}", context(message)),
                    (false, false) => message.full_name().replace('.', "_"),
                };
                names.insert(message.full_name().to_owned(), name);
            }
        }
        Self(names)
    }

    pub(super) fn of(&self, message: &MessageDescriptor) -> &str {
        self.0.get(message.full_name()).map(String::as_str).unwrap_or_default()
    }

    /// The name of the schema that requests have of a message with two.
    pub(super) fn given(&self, message: &MessageDescriptor) -> String {
        let name = format!("{}Input", self.of(message));
        match self.0.values().any(|other| *other == name) {
            true => format!("{}{name}", context(message)),
            false => name,
        }
    }
}

/// `careway.visits.v1.Visit.Line` → `VisitLine`.
fn short_name(message: &MessageDescriptor) -> String {
    let package = message.package_name();
    message.full_name().strip_prefix(package).unwrap_or(message.full_name()).replace('.', "")
}

/// `careway.visits.v1` → `Visits`.
fn context(message: &MessageDescriptor) -> String {
    let mut parts = message.package_name().rsplit('.');
    let is_version =
        |part: &&str| part.starts_with('v') && part[1..].starts_with(|it: char| it.is_ascii_digit());
    let part = parts.find(|part| !is_version(part)).unwrap_or_default();
    part[..1.min(part.len())].to_ascii_uppercase() + &part[1.min(part.len())..]
}

/// `components.schemas`, filled as schemas are referred to.
pub(super) struct Components<'a> {
    source: &'a Source<'a>,
    schemas: BTreeMap<String, Value>,
}

impl<'a> Components<'a> {
    pub(super) fn new(source: &'a Source<'a>) -> Self {
        Self { source, schemas: BTreeMap::new() }
    }

    pub(super) fn into_schemas(self) -> Map<String, Value> {
        self.schemas.into_iter().collect()
    }

    fn name(&self, id: usize, side: Side) -> String {
        let descriptor = &self.source.schemas.message(id).descriptor;
        match side == Side::Request && self.source.sides.is_two(id) {
            true => self.source.names.given(descriptor),
            false => self.source.names.of(descriptor).to_owned(),
        }
    }

    /// A reference to the message's schema; well-known types are written out.
    pub(super) fn message(&mut self, id: usize, side: Side) -> Value {
        let message = self.source.schemas.message(id);
        match message.shape {
            Shape::Timestamp => json!({ "type": "string", "format": "date-time" }),
            Shape::Duration => json!({ "type": "string", "pattern": "^-?[0-9]+(\\.[0-9]{1,9})?s$" }),
            Shape::FieldMask => json!({ "type": "string" }),
            Shape::Struct => json!({ "type": "object" }),
            Shape::Value => json!({}),
            Shape::ListValue => json!({ "type": "array", "items": {} }),
            Shape::Wrapper => self.kind(&message.fields[0].kind, side),
            Shape::Object => {
                let name = self.name(id, side);
                if !self.schemas.contains_key(&name) {
                    self.schemas.insert(name.clone(), Value::Null);
                    let schema = self.object(id, side, &[]);
                    self.schemas.insert(name.clone(), schema);
                }
                json!({ "$ref": format!("#/components/schemas/{name}") })
            }
        }
    }

    /// The schema of a body that holds all of the request but what path and headers give.
    pub(super) fn request(&mut self, id: usize, without: &[&[usize]]) -> Value {
        let mut schema = self.object(id, Side::Request, without);
        schema["additionalProperties"] = false.into();
        let name = self.name(id, Side::Request);
        match self.schemas.get(&name) {
            Some(other) if *other != schema => schema,
            _ => {
                self.schemas.insert(name.clone(), schema);
                json!({ "$ref": format!("#/components/schemas/{name}") })
            }
        }
    }

    /// The schema referred to, with nothing in it required.
    pub(super) fn relaxed(&mut self, mut schema: Value) -> Value {
        let target = schema["$ref"].as_str().and_then(|it| it.strip_prefix("#/components/schemas/"));
        let named = target.map(str::to_owned);
        let object = match named.as_ref().and_then(|name| self.schemas.get_mut(name)) {
            // A request of its own has its schema for itself; a resource in it is also answered with.
            Some(own) if own["additionalProperties"] == false => own,
            Some(shared) => {
                schema = shared.clone();
                &mut schema
            }
            None => &mut schema,
        };
        if let Some(object) = object.as_object_mut() {
            object.remove("required");
        }
        schema
    }

    fn object(&mut self, id: usize, side: Side, without: &[&[usize]]) -> Value {
        let message = self.source.schemas.message(id);
        let mut properties = Map::new();
        let mut required: Vec<Value> = Vec::new();
        for (index, field) in message.fields.iter().enumerate() {
            if field.is_raw() || without.contains(&&[index][..]) {
                continue;
            }
            properties.insert(field.json.clone().into(), self.field(field, side));
            if side.requires(field) {
                required.push((*field.json).into());
            }
        }
        let descriptor = &message.descriptor;
        let description = self.source.comments.of(&descriptor.parent_file(), descriptor.path());
        object([
            ("type", "object".into()),
            ("description", description.into()),
            ("properties", properties.into()),
            ("required", required.into()),
        ])
    }

    /// A field's schema with its comment and example.
    pub(super) fn field(&mut self, field: &Field, side: Side) -> Value {
        let mut schema = match field.arity {
            Arity::Plain | Arity::Optional => self.kind(&field.kind, side),
            Arity::List => json!({ "type": "array", "items": self.kind(&field.kind, side) }),
            Arity::Map => {
                let value = field.message().map(|id| &self.source.schemas.message(id).fields[1]);
                json!({ "type": "object", "additionalProperties": value.map(|value| self.kind(&value.kind, side)) })
            }
        };
        let descriptor = &field.descriptor;
        let file = descriptor.parent_message().parent_file();
        let description = self.source.comments.of(&file, descriptor.path());
        if !description.is_empty() {
            schema["description"] = description.into();
        }
        if let Some(example) = &field.example {
            let example = match (field.arity, example) {
                (Arity::List, Value::Array(_)) | (Arity::Plain | Arity::Optional | Arity::Map, _) => {
                    example.clone()
                }
                (Arity::List, one) => json!([one]),
            };
            schema["examples"] = json!([example]);
        }
        facets::add(field, &mut schema);
        schema
    }

    fn kind(&mut self, kind: &Kind, side: Side) -> Value {
        match kind {
            Kind::Double => json!({ "type": "number", "format": "double" }),
            Kind::Float => json!({ "type": "number", "format": "float" }),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => json!({ "type": "integer", "format": "int32" }),
            Kind::Uint32 | Kind::Fixed32 => {
                json!({ "type": "integer", "format": "int64", "minimum": 0, "maximum": u32::MAX })
            }
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
                json!({ "type": "string", "format": "int64", "pattern": "^-?[0-9]{1,19}$" })
            }
            Kind::Uint64 | Kind::Fixed64 => {
                json!({ "type": "string", "format": "uint64", "pattern": "^[0-9]{1,20}$" })
            }
            Kind::Bool => json!({ "type": "boolean" }),
            Kind::String => json!({ "type": "string" }),
            Kind::Bytes => json!({ "type": "string", "format": "byte" }),
            Kind::Enum(values) => {
                let lines: Vec<String> = values
                    .descriptor
                    .values()
                    .filter(|value| !(values.unspecified && value.number() == 0))
                    .filter_map(|value| {
                        let file = value.parent_enum().parent_file();
                        let comment = self.source.comments.of(&file, value.path());
                        (!comment.is_empty()).then(|| format!("- `{}`: {comment}", value.name()))
                    })
                    .collect();
                object([
                    ("type", "string".into()),
                    ("enum", values.values().collect::<Vec<_>>().into()),
                    ("description", lines.join("\n").into()),
                ])
            }
            Kind::Message(id) => self.message(*id, side),
            Kind::Raw => json!({}),
        }
    }
}
