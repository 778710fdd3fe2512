//! The catalogue of event types, read from the contract: every message of every context's `events.proto`.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use careway_contract::channels::v1::EventType;
use chrono::{DateTime, Utc};
use prost_reflect::{DescriptorPool, DynamicMessage, FileDescriptor, MessageDescriptor, SerializeOptions};
use serde_json::Value;
use uuid::Uuid;

use super::{body::webhook_body, schema};

/// The option that says who is told of an event.
const TOLD: &str = "careway.access.v1.told";

/// Every context of the platform, in the order of their names; one may have no event.
pub(crate) const CONTEXTS: [&str; 5] = ["cases", "channels", "identity", "renewals", "visits"];

/// What the contract says of events.
pub(crate) struct Catalogue {
    /// In the order of their names.
    pub(super) event_types: Vec<EventType>,
    messages: BTreeMap<String, Event>,
}

struct Event {
    message: MessageDescriptor,
    /// The permission; none where it stays inside.
    told: Option<String>,
}

impl Catalogue {
    /// Reads the contract that this process was built with.
    pub(crate) fn read() -> anyhow::Result<Self> {
        let pool = DescriptorPool::decode(careway_contract::DESCRIPTOR_SET).context("the contract")?;
        let mut event_types: Vec<EventType> = pool
            .files()
            .filter(|file| file.name().ends_with("/events.proto"))
            .flat_map(|file| file.messages().map(|message| event_type(&file, &message)).collect::<Vec<_>>())
            .filter(|event_type| !event_type.description.is_empty())
            .collect();
        event_types.sort_by(|one, other| one.name.cmp(&other.name));
        let messages = event_types.iter().filter_map(|event_type| {
            let message = pool.get_message_by_name(&event_type.name)?;
            let told = Some(event_type.permission.clone()).filter(|permission| !permission.is_empty());
            Some((event_type.name.clone(), Event { message, told }))
        });
        Ok(Self { messages: messages.collect(), event_types })
    }

    /// By which permissions events are told.
    pub(crate) fn permissions(&self) -> impl Iterator<Item = &str> {
        let told: BTreeSet<_> = self.messages.values().filter_map(|event| event.told.as_deref()).collect();
        told.into_iter()
    }

    /// Whether the platform says such events.
    pub(crate) fn knows(&self, event_type: &str) -> bool {
        self.messages.contains_key(event_type)
    }

    /// By which permission events of this type are told; none where they stay inside.
    pub(crate) fn told(&self, event_type: &str) -> Option<&str> {
        self.messages.get(event_type)?.told.as_deref()
    }

    /// What an event says, as ProtoJSON.
    pub(crate) fn data(&self, event_type: &str, payload: &[u8]) -> anyhow::Result<Value> {
        let event = self.messages.get(event_type).context("no event of the contract")?;
        let message = DynamicMessage::decode(event.message.clone(), payload)?;
        let options = SerializeOptions::new().skip_default_fields(false);
        Ok(message.serialize_with_options(serde_json::value::Serializer, &options)?)
    }
}

fn event_type(file: &FileDescriptor, message: &MessageDescriptor) -> EventType {
    let name = message.full_name();
    let subject = (Uuid::from_u128(0x0198_c0de_5a5e_7b1f_8a51_2f6f_0f9b_3c31), 2);
    let example = webhook_body(name, example_instant(), schema::example(message), None, subject);
    EventType {
        name: name.to_owned(),
        context: context_of(file.package_name()).unwrap_or_default(),
        description: comment(file, message),
        fields: message.fields().map(|field| field.json_name().to_owned()).collect(),
        permission: told(message),
        schema: structure(schema::schema(message)),
        example: serde_json::from_slice(&example).ok().and_then(structure),
    }
}

fn example_instant() -> DateTime<Utc> {
    DateTime::from_timestamp(1_801_000_400, 123_456_000).unwrap_or_default()
}

/// The permission by which an event is told; empty where it stays inside.
fn told(message: &MessageDescriptor) -> String {
    let option = message.parent_pool().get_extension_by_name(TOLD);
    let options = message.options();
    let value =
        option.filter(|option| options.has_extension(option)).map(|option| options.get_extension(&option));
    value.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A JSON object as the contract has it.
fn structure(value: Value) -> Option<prost_types::Struct> {
    let Value::Object(object) = value else { return None };
    let fields = object.into_iter().map(|(name, value)| (name, any(value)));
    Some(prost_types::Struct { fields: fields.collect() })
}

fn any(value: Value) -> prost_types::Value {
    use prost_types::value::Kind;
    let kind = match value {
        Value::Null => Kind::NullValue(0),
        Value::Bool(value) => Kind::BoolValue(value),
        Value::Number(value) => Kind::NumberValue(value.as_f64().unwrap_or_default()),
        Value::String(value) => Kind::StringValue(value),
        Value::Array(values) => {
            Kind::ListValue(prost_types::ListValue { values: values.into_iter().map(any).collect() })
        }
        object @ Value::Object(_) => Kind::StructValue(structure(object).unwrap_or_default()),
    };
    prost_types::Value { kind: Some(kind) }
}

/// The context of a package like `careway.visits.v1`.
fn context_of(package: &str) -> Option<String> {
    package.strip_prefix("careway.")?.split('.').next().map(str::to_owned)
}

fn comment(file: &FileDescriptor, message: &MessageDescriptor) -> String {
    let source = file.file_descriptor_proto().source_code_info.as_ref();
    let location =
        source.and_then(|info| info.location.iter().find(|location| location.path == message.path()));
    let text = location.and_then(|location| location.leading_comments.as_deref()).unwrap_or_default();
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    #[test]
    fn every_context_that_says_something_is_listed_with_its_words() {
        let types = Catalogue::read().unwrap().event_types;
        let admitted = types.iter().find(|one| one.name == "careway.visits.v1.VisitAdmitted").unwrap();
        assert_eq!((admitted.context.as_str(), admitted.permission.as_str()), ("visits", "visits.read"));
        assert!(!admitted.description.is_empty());
        assert!(admitted.fields.contains(&"visitId".to_owned()));
        let schema = admitted.schema.as_ref().unwrap();
        assert!(schema.fields.contains_key("properties"));
        let example = admitted.example.as_ref().unwrap();
        assert!(example.fields.contains_key("data") && example.fields.contains_key("timestamp"));
    }

    #[test]
    fn the_contexts_are_those_of_the_contract() {
        let pool = DescriptorPool::decode(careway_contract::DESCRIPTOR_SET).unwrap();
        let contexts = pool.services().filter_map(|service| context_of(service.package_name()));
        let contexts: BTreeSet<_> = contexts.collect();
        assert_eq!(contexts.into_iter().collect::<Vec<_>>(), CONTEXTS);
    }

    /// Whoever adds an event decides here whether it leaves the platform.
    #[test]
    fn every_event_is_told_or_not_as_is_written() {
        let catalogue = Catalogue::read().unwrap();
        let mut found = String::new();
        for EventType { name, .. } in &catalogue.event_types {
            let _ = writeln!(found, "{name} {}", catalogue.told(name).unwrap_or("-"));
        }
        assert_eq!(found, include_str!("told.txt"), "told.txt is to say so too");
        let mut events = found.lines().filter_map(|line| line.split(' ').next());
        assert!(events.any(|name| name == "careway.visits.v1.MemberDataAccessed"));
    }

    #[test]
    fn data_are_whole() {
        use careway_contract::visits::v1::VisitExpired;
        use prost::Message;
        let said = VisitExpired { visit_id: "one".to_owned(), ..Default::default() }.encode_to_vec();
        let data = Catalogue::read().unwrap().data("careway.visits.v1.VisitExpired", &said).unwrap();
        assert_eq!(data, serde_json::json!({"visitId": "one", "facilityId": ""}));
    }
}
