//! The messages of the contract, compiled once from their descriptors into what the hot path needs.

use std::collections::HashMap;

use anyhow::{bail, ensure};
use prost_reflect::{
    DescriptorPool, DynamicMessage, EnumDescriptor, ExtensionDescriptor, FieldDescriptor, MessageDescriptor,
};

pub(crate) const HTTP_BODY: &str = "google.api.HttpBody";

const WRAPPERS: [&str; 9] = [
    "DoubleValue",
    "FloatValue",
    "Int32Value",
    "Int64Value",
    "UInt32Value",
    "UInt64Value",
    "BoolValue",
    "StringValue",
    "BytesValue",
];

/// Every message that a route reaches; messages refer to each other by index, so they may be recursive.
#[derive(Debug, Default)]
pub(crate) struct Schemas {
    messages: Vec<Message>,
    by_name: HashMap<String, usize>,
}

#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) descriptor: MessageDescriptor,
    pub(crate) shape: Shape,
    /// In the order of the contract, which is the order of the JSON.
    pub(crate) fields: Vec<Field>,
    by_json: HashMap<Box<str>, usize>,
    by_number: HashMap<u32, usize>,
}

/// The JSON form of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Object,
    Timestamp,
    Duration,
    FieldMask,
    /// `google.protobuf.StringValue` and its like: the bare value.
    Wrapper,
    /// Any JSON object.
    Struct,
    /// Any JSON.
    Value,
    /// Any JSON list.
    ListValue,
}

impl Shape {
    pub(crate) fn is_any_json(self) -> bool {
        matches!(self, Shape::Struct | Shape::Value | Shape::ListValue)
    }
}

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) number: u32,
    pub(crate) name: Box<str>,
    pub(crate) json: Box<str>,
    /// `"name":`, ready to be written.
    pub(crate) key: Box<str>,
    pub(crate) kind: Kind,
    pub(crate) arity: Arity,
    pub(crate) packed: bool,
    pub(crate) required: bool,
    /// Of an answer: it is always there.
    pub(crate) always: bool,
    pub(crate) facets: Facets,
    pub(crate) example: Option<serde_json::Value>,
    /// A place in a stream: of a message that is streamed its own, of the request the one to go on after.
    pub(crate) event_id: bool,
    /// The `oneof` it belongs to, if it is a real one.
    pub(crate) oneof: Option<Box<str>>,
    pub(crate) descriptor: FieldDescriptor,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arity {
    /// Without presence: unset and zero are the same.
    Plain,
    /// With presence: a message, an `optional`, a member of a `oneof`.
    Optional,
    List,
    /// The kind is the entry message: field 0 the key, field 1 the value.
    Map,
}

#[derive(Debug)]
pub(crate) enum Kind {
    Double,
    Float,
    Int32,
    Int64,
    Uint32,
    Uint64,
    Sint32,
    Sint64,
    Fixed32,
    Fixed64,
    Sfixed32,
    Sfixed64,
    Bool,
    String,
    Bytes,
    Enum(Enum),
    Message(usize),
    /// `google.api.HttpBody`: never part of a JSON.
    Raw,
}

#[derive(Debug)]
pub(crate) struct Enum {
    pub(crate) descriptor: EnumDescriptor,
    by_name: HashMap<Box<str>, i32>,
    /// Sorted by number.
    names: Vec<(i32, Box<str>)>,
    /// The zero is `*_UNSPECIFIED`: it is no value, on either way.
    pub(crate) unspecified: bool,
}

/// What the contract says of a field's values beside their type, for the OpenAPI document: the service is who checks it.
#[derive(Debug, Default)]
pub(crate) struct Facets {
    /// A format of JSON Schema, like `uuid`; `text` is none.
    pub(crate) format: Option<String>,
    /// A regular expression (ECMA-262).
    pub(crate) pattern: Option<String>,
    /// The least value, the fewest characters of a text, the fewest entries of a list.
    pub(crate) least: Option<i64>,
    /// The largest value, the most characters of a text, the most entries of a list.
    pub(crate) most: Option<i64>,
}

/// The options of a field, looked up once per pool.
pub(crate) struct FieldOptions {
    required: Option<ExtensionDescriptor>,
    always: Option<ExtensionDescriptor>,
    example: Option<ExtensionDescriptor>,
    event_id: Option<ExtensionDescriptor>,
    format: Option<ExtensionDescriptor>,
    pattern: Option<ExtensionDescriptor>,
    least: Option<ExtensionDescriptor>,
    most: Option<ExtensionDescriptor>,
}

impl FieldOptions {
    pub(crate) fn new(pool: &DescriptorPool) -> Self {
        let option = |name: &str| pool.get_extension_by_name(&format!("careway.rest.v1.{name}"));
        Self {
            required: option("required"),
            always: option("always"),
            example: option("example"),
            event_id: option("event_id"),
            format: option("format"),
            pattern: option("pattern"),
            least: option("least"),
            most: option("most"),
        }
    }

    fn facets(&self, own: &DynamicMessage) -> Facets {
        let value = |option: &Option<ExtensionDescriptor>| {
            let option = option.as_ref().filter(|it| own.has_extension(it))?;
            Some(own.get_extension(option).into_owned())
        };
        let text = |option| value(option)?.as_str().map(str::to_owned);
        let number = |option| value(option)?.as_i64();
        Facets {
            format: text(&self.format),
            pattern: text(&self.pattern),
            least: number(&self.least),
            most: number(&self.most),
        }
    }
}

impl Schemas {
    pub(crate) fn messages(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter()
    }

    pub(crate) fn message(&self, id: usize) -> &Message {
        &self.messages[id]
    }

    /// The message's index; compiles it and everything it contains on first sight.
    pub(crate) fn add(
        &mut self,
        message: &MessageDescriptor,
        options: &FieldOptions,
    ) -> anyhow::Result<usize> {
        if let Some(id) = self.by_name.get(message.full_name()) {
            return Ok(*id);
        }
        let shape = match message.full_name() {
            "google.protobuf.Timestamp" => Shape::Timestamp,
            "google.protobuf.Duration" => Shape::Duration,
            "google.protobuf.FieldMask" => Shape::FieldMask,
            "google.protobuf.Struct" => Shape::Struct,
            "google.protobuf.Value" => Shape::Value,
            "google.protobuf.ListValue" => Shape::ListValue,
            name if WRAPPERS.contains(&name.trim_start_matches("google.protobuf.")) => Shape::Wrapper,
            name if name.starts_with("google.protobuf.") && !message.is_map_entry() => {
                bail!("{name} has no JSON form here")
            }
            _ => Shape::Object,
        };
        let id = self.messages.len();
        self.by_name.insert(message.full_name().to_owned(), id);
        self.messages.push(Message {
            descriptor: message.clone(),
            shape,
            fields: Vec::new(),
            by_json: HashMap::new(),
            by_number: HashMap::new(),
        });

        if shape.is_any_json() {
            return Ok(id);
        }
        let mut declared: Vec<FieldDescriptor> = message.fields().collect();
        declared.sort_by_key(|field| field.path().last().copied());
        let fields =
            declared.iter().map(|field| self.field(field, options)).collect::<anyhow::Result<Vec<_>>>()?;

        ensure!(fields.len() <= 128, "{}: more than 128 fields", message.full_name());
        let compiled = &mut self.messages[id];
        compiled.by_json =
            fields.iter().enumerate().map(|(index, field)| (field.json.clone(), index)).collect();
        compiled.by_number = fields.iter().enumerate().map(|(index, field)| (field.number, index)).collect();
        ensure!(
            compiled.by_json.len() == fields.len(),
            "{}: two fields have one JSON name",
            message.full_name()
        );
        compiled.fields = fields;
        Ok(id)
    }

    fn field(&mut self, field: &FieldDescriptor, options: &FieldOptions) -> anyhow::Result<Field> {
        let own = field.options();
        let is_set = |option: &Option<ExtensionDescriptor>| {
            option.as_ref().is_some_and(|it| own.get_extension(it).as_bool() == Some(true))
        };
        let given = options.example.as_ref().filter(|it| own.has_extension(it));
        let example = given.map(|it| example(own.get_extension(it).as_str().unwrap_or_default()));
        let arity = match () {
            () if field.is_map() => Arity::Map,
            () if field.is_list() => Arity::List,
            () if field.supports_presence() => Arity::Optional,
            () => Arity::Plain,
        };
        Ok(Field {
            number: field.number(),
            name: field.name().into(),
            json: field.json_name().into(),
            key: format!("\"{}\":", field.json_name()).into(),
            kind: self.kind(field, options)?,
            arity,
            packed: field.is_packed(),
            required: is_set(&options.required),
            always: is_set(&options.always),
            facets: options.facets(&own),
            example,
            event_id: is_set(&options.event_id),
            oneof: field.containing_oneof().filter(|it| !it.is_synthetic()).map(|it| it.name().into()),
            descriptor: field.clone(),
        })
    }

    fn kind(&mut self, field: &FieldDescriptor, options: &FieldOptions) -> anyhow::Result<Kind> {
        use prost_reflect::Kind as Of;
        Ok(match field.kind() {
            Of::Double => Kind::Double,
            Of::Float => Kind::Float,
            Of::Int32 => Kind::Int32,
            Of::Int64 => Kind::Int64,
            Of::Uint32 => Kind::Uint32,
            Of::Uint64 => Kind::Uint64,
            Of::Sint32 => Kind::Sint32,
            Of::Sint64 => Kind::Sint64,
            Of::Fixed32 => Kind::Fixed32,
            Of::Fixed64 => Kind::Fixed64,
            Of::Sfixed32 => Kind::Sfixed32,
            Of::Sfixed64 => Kind::Sfixed64,
            Of::Bool => Kind::Bool,
            Of::String => Kind::String,
            Of::Bytes => Kind::Bytes,
            Of::Enum(of) => Kind::Enum(Enum::new(&of)),
            Of::Message(of) if of.full_name() == HTTP_BODY => Kind::Raw,
            Of::Message(of) => Kind::Message(self.add(&of, options)?),
        })
    }
}

/// An example is JSON; bare text stands for itself.
fn example(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

impl Message {
    pub(crate) fn by_json(&self, name: &str) -> Option<usize> {
        self.by_json.get(name).copied()
    }

    pub(crate) fn by_number(&self, number: u32) -> Option<usize> {
        // Fields are nearly always numbered in their order.
        let guess = (number as usize).wrapping_sub(1);
        if self.fields.get(guess).is_some_and(|field| field.number == number) {
            return Some(guess);
        }
        self.by_number.get(&number).copied()
    }

    /// The field that says where in a stream it stands.
    pub(crate) fn event_id(&self) -> Option<usize> {
        self.fields.iter().position(|field| field.event_id)
    }

    pub(crate) fn by_name(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| &*field.name == name)
    }
}

impl Field {
    pub(crate) fn message(&self) -> Option<usize> {
        match self.kind {
            Kind::Message(id) => Some(id),
            _ => None,
        }
    }

    pub(crate) fn is_raw(&self) -> bool {
        matches!(self.kind, Kind::Raw)
    }

    pub(crate) fn is_single(&self) -> bool {
        matches!(self.arity, Arity::Plain | Arity::Optional)
    }

    /// Whether it is in every answer: what cannot be absent, and what the contract says is there.
    pub(crate) fn is_always_answered(&self) -> bool {
        let zero_is_written = match &self.kind {
            Kind::String | Kind::Bytes | Kind::Message(_) | Kind::Raw => false,
            Kind::Enum(values) => !values.unspecified,
            _ => true,
        };
        let cannot_be_absent = match self.arity {
            Arity::Plain => zero_is_written,
            Arity::Optional => false,
            Arity::List | Arity::Map => !self.is_raw(),
        };
        self.always || self.required || cannot_be_absent
    }
}

impl Enum {
    fn new(descriptor: &EnumDescriptor) -> Self {
        let unspecified = descriptor.get_value(0).is_some_and(|zero| zero.name().ends_with("UNSPECIFIED"));
        let mut names: Vec<(i32, Box<str>)> =
            descriptor.values().map(|value| (value.number(), value.name().into())).collect();
        let by_name = names.iter().map(|(number, name)| (name.clone(), *number));
        let by_name = by_name.filter(|(_, number)| !(unspecified && *number == 0)).collect();
        names.sort_by_key(|(number, _)| *number);
        Self { descriptor: descriptor.clone(), by_name, names, unspecified }
    }

    pub(crate) fn number(&self, name: &str) -> Option<i32> {
        self.by_name.get(name).copied()
    }

    pub(crate) fn name(&self, number: i32) -> Option<&str> {
        let index = self.names.binary_search_by_key(&number, |(number, _)| *number).ok()?;
        Some(&self.names[index].1)
    }

    /// The values a client may name, in the order of their numbers.
    pub(crate) fn values(&self) -> impl Iterator<Item = &str> {
        self.names.iter().filter(|(number, _)| !(self.unspecified && *number == 0)).map(|(_, name)| &**name)
    }
}
