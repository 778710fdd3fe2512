//! JSON → protobuf: one walk checks the text against the contract, tells every violation, and writes the message.

use std::{borrow::Cow, collections::HashSet};

use crate::{
    dynamic,
    node::Node,
    problem::Violation,
    scalar,
    schema::{Arity, Field, Kind, Message, Schemas, Shape},
    wire,
};

/// No client needs more to see what is wrong.
const MAX_VIOLATIONS: usize = 50;

/// Where in the document the walk is; rendered only when something is wrong there.
pub(crate) enum At<'a> {
    Root,
    Key(&'a At<'a>, &'a str),
    Index(&'a At<'a>, usize),
}

impl At<'_> {
    fn depth(&self) -> usize {
        match self {
            At::Root => 0,
            At::Key(parent, _) | At::Index(parent, _) => parent.depth() + 1,
        }
    }

    pub(crate) fn render(&self) -> String {
        match self {
            At::Root => String::new(),
            At::Key(parent, key) => {
                let mut path = parent.render();
                if !path.is_empty() {
                    path.push('.');
                }
                path.extend(key.chars().take(100));
                path
            }
            At::Index(parent, index) => format!("{}[{index}]", parent.render()),
        }
    }
}

/// Writes messages to `out`, what is wrong to `violations`, what is not there to `missing`.
pub(crate) struct Parser<'s> {
    schemas: &'s Schemas,
    /// The object at this depth changes only what it names: an absent required field is no violation there.
    partial: Option<usize>,
    pub(crate) out: Vec<u8>,
    pub(crate) violations: Vec<Violation>,
    /// Required and not given. The message is one all the same: its service can say what else is wrong with it.
    pub(crate) missing: Vec<Violation>,
}

impl<'s> Parser<'s> {
    /// `out` may already hold a frame's head.
    pub(crate) fn new(schemas: &'s Schemas, out: Vec<u8>) -> Self {
        Self { schemas, partial: None, out, violations: Vec::new(), missing: Vec::new() }
    }

    pub(crate) fn partial(mut self, partial: Option<usize>) -> Self {
        self.partial = partial;
        self
    }

    pub(crate) fn violation(&mut self, at: &At<'_>, message: impl Into<String>) {
        if self.violations.len() < MAX_VIOLATIONS {
            self.violations.push(Violation { field: at.render(), message: message.into() });
        }
    }

    /// The message itself, without tag and length.
    pub(crate) fn message(&mut self, id: usize, node: &Node<'_>, at: &At<'_>) {
        let message = self.schemas.message(id);
        let written = match (message.shape, node) {
            (Shape::Object, Node::Object(entries)) => {
                self.object(message, entries, at);
                Ok(())
            }
            (Shape::Object, _) => Err("must be an object".to_owned()),
            (Shape::Wrapper, node) => {
                self.single(&message.fields[0], node, at);
                Ok(())
            }
            (Shape::Timestamp, node) => scalar::put_timestamp(&mut self.out, node),
            (Shape::Duration, node) => scalar::put_duration(&mut self.out, node),
            (Shape::FieldMask, node) => scalar::put_field_mask(&mut self.out, node),
            (shape, node) => dynamic::put(&mut self.out, shape, node),
        };
        if let Err(message) = written {
            self.violation(at, message);
        }
    }

    fn object(&mut self, message: &Message, entries: &[(Cow<'_, str>, Node<'_>)], at: &At<'_>) {
        let mut named = 0_u128;
        let mut given = 0_u128;
        for (key, node) in entries {
            let here = At::Key(at, key);
            let Some(index) = message.by_json(key) else {
                self.violation(&here, "is not a field of this request");
                continue;
            };
            if named & (1 << index) != 0 {
                self.violation(&here, "is given twice");
                continue;
            }
            named |= 1 << index;
            let field = &message.fields[index];
            if *node == Node::Null {
                continue;
            }
            if field.oneof.is_some()
                && let Some(other) = others_of_oneof(message, index).find(|other| given & (1 << other) != 0)
            {
                self.violation(&here, format!("excludes {}", message.fields[other].json));
            }
            if self.field(field, node, &here) {
                given |= 1 << index;
            }
        }
        let partial = self.partial.is_some_and(|depth| depth == at.depth());
        for (index, field) in message.fields.iter().enumerate() {
            let missing = given & (1 << index) == 0 && !(partial && named & (1 << index) == 0);
            if field.required && missing && !field.is_raw() && self.missing.len() < MAX_VIOLATIONS {
                let field = At::Key(at, &field.json).render();
                self.missing.push(Violation { field, message: "is required".to_owned() });
            }
        }
    }

    /// False when there is nothing in it: an empty text, an empty list.
    fn field(&mut self, field: &Field, node: &Node<'_>, at: &At<'_>) -> bool {
        match (field.arity, node) {
            (Arity::Plain | Arity::Optional, node) => {
                self.single(field, node, at);
                !matches!(node, Node::Text(text) if text.is_empty() && matches!(field.kind, Kind::String))
            }
            (Arity::List, Node::List(items)) => {
                self.list(field, items, at);
                !items.is_empty()
            }
            (Arity::List, _) => {
                self.violation(at, "must be a list");
                true
            }
            (Arity::Map, Node::Object(entries)) => {
                self.map(field, entries, at);
                !entries.is_empty()
            }
            (Arity::Map, _) => {
                self.violation(at, "must be an object");
                true
            }
        }
    }

    fn list(&mut self, field: &Field, items: &[Node<'_>], at: &At<'_>) {
        let packed = field.packed && !items.is_empty();
        let start = packed.then(|| {
            wire::put_tag(&mut self.out, field.number, 2);
            self.open()
        });
        for (index, item) in items.iter().enumerate() {
            let here = At::Index(at, index);
            match item {
                Node::Null if !self.takes_null(&field.kind) => self.violation(&here, "must not be null"),
                _ if packed => self.value(&field.kind, item, &here),
                _ => self.single(field, item, &here),
            }
        }
        if let Some(start) = start {
            self.close(start);
        }
    }

    fn map(&mut self, field: &Field, entries: &[(Cow<'_, str>, Node<'_>)], at: &At<'_>) {
        let Some(entry) = field.message().map(|id| self.schemas.message(id)) else { return };
        let mut keys = HashSet::with_capacity(entries.len());
        for (key, node) in entries {
            let here = At::Key(at, key);
            if !keys.insert(key) {
                self.violation(&here, "is given twice");
            }
            if *node == Node::Null && !self.takes_null(&entry.fields[1].kind) {
                self.violation(&here, "must not be null");
                continue;
            }
            wire::put_tag(&mut self.out, field.number, 2);
            let start = self.open();
            let key = scalar::from_text(&entry.fields[0].kind, key.clone());
            self.single(&entry.fields[0], &key, &here);
            self.single(&entry.fields[1], node, &here);
            self.close(start);
        }
    }

    /// A `google.protobuf.Value` has a null of its own.
    fn takes_null(&self, kind: &Kind) -> bool {
        matches!(kind, Kind::Message(id) if self.schemas.message(*id).shape == Shape::Value)
    }

    fn single(&mut self, field: &Field, node: &Node<'_>, at: &At<'_>) {
        wire::put_tag(&mut self.out, field.number, scalar::wire_type(&field.kind));
        self.value(&field.kind, node, at);
    }

    fn value(&mut self, kind: &Kind, node: &Node<'_>, at: &At<'_>) {
        if let Kind::Message(id) = kind {
            let start = self.open();
            self.message(*id, node, at);
            self.close(start);
        } else if let Err(message) = scalar::put(&mut self.out, kind, node) {
            self.violation(at, message);
        }
    }

    /// Leaves one byte for a length that is known only after what follows.
    fn open(&mut self) -> usize {
        self.out.push(0);
        self.out.len()
    }

    fn close(&mut self, start: usize) {
        let length = self.out.len() - start;
        if length < 0x80 {
            self.out[start - 1] = length as u8;
            return;
        }
        let mut prefix = Vec::with_capacity(5);
        wire::put_varint(&mut prefix, length as u64);
        self.out.splice(start - 1..start, prefix);
    }
}

fn others_of_oneof(message: &Message, index: usize) -> impl Iterator<Item = usize> {
    let oneof = &message.fields[index].oneof;
    (0..message.fields.len()).filter(move |other| *other != index && message.fields[*other].oneof == *oneof)
}
