//! Protobuf → JSON: straight from the wire to the text, by the compiled schema, in the order of the contract.
//!
//! Unset numbers, booleans and lists are written; unset messages and `optional`s, empty texts and unspecified enums
//! are not.

use std::io::Write;

use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::{DateTime, SecondsFormat};

use crate::{
    dynamic,
    schema::{Arity, Field, Kind, Message, Schemas, Shape},
    wire::{self, Corrupt, Fields, Wire},
};

const MAX_DEPTH: usize = 64;

/// The JSON of one message.
pub(crate) fn print(schemas: &Schemas, id: usize, message: &[u8]) -> Result<Vec<u8>, Corrupt> {
    let mut printer =
        Printer { schemas, out: Vec::with_capacity(message.len() * 2 + 128), slots: Vec::with_capacity(32) };
    printer.message(id, message, 0)?;
    Ok(printer.out)
}

struct Printer<'a> {
    schemas: &'a Schemas,
    out: Vec<u8>,
    /// The values of the messages being printed, innermost last; by the index of their field.
    slots: Vec<(usize, Wire<'a>)>,
}

impl<'a> Printer<'a> {
    fn message(&mut self, id: usize, bytes: &'a [u8], depth: usize) -> Result<(), Corrupt> {
        let message = self.schemas.message(id);
        if depth > MAX_DEPTH {
            return Err(Corrupt);
        }
        match message.shape {
            Shape::Object => self.object(message, bytes, depth),
            Shape::Timestamp => self.timestamp(bytes),
            Shape::Duration => self.duration(bytes),
            Shape::FieldMask => self.field_mask(bytes),
            shape @ (Shape::Struct | Shape::Value | Shape::ListValue) => {
                dynamic::print(&mut self.out, shape, bytes, depth)
            }
            Shape::Wrapper => {
                let field = &message.fields[0];
                match wire::find(bytes, &[field.number])? {
                    Some(value) => self.value(&field.kind, value, depth),
                    None if matches!(field.kind, Kind::String | Kind::Bytes) => self.text(""),
                    None => self.zero(&field.kind),
                }
            }
        }
    }

    fn object(&mut self, message: &'a Message, bytes: &'a [u8], depth: usize) -> Result<(), Corrupt> {
        let base = self.slots.len();
        let mut fields = Fields(bytes);
        let mut sorted = true;
        while let Some((number, value)) = fields.next()? {
            let Some(index) = message.by_number(number) else { continue };
            sorted &= self.slots.len() == base || self.slots.last().is_some_and(|(last, _)| *last <= index);
            self.slots.push((index, value));
        }
        if !sorted {
            self.slots[base..].sort_by_key(|(index, _)| *index);
        }

        let mut from = base;
        let mut separator = b'{';
        for (index, field) in message.fields.iter().enumerate() {
            let mut to = from;
            while self.slots.get(to).is_some_and(|(of, _)| *of == index) {
                to += 1;
            }
            if self.is_written(field, (to > from).then(|| self.slots[to - 1].1)) {
                self.out.push(separator);
                separator = b',';
                self.out.extend_from_slice(field.key.as_bytes());
                self.field(field, from, to, depth)?;
            } else if field.is_always_answered() {
                lacking(message, field)?;
            }
            from = to;
        }
        if separator == b'{' {
            self.out.push(b'{');
        }
        self.out.push(b'}');
        self.slots.truncate(base);
        Ok(())
    }

    fn is_written(&self, field: &Field, value: Option<Wire<'_>>) -> bool {
        if let Kind::Enum(values) = &field.kind
            && values.unspecified
            && field.is_single()
        {
            return value.is_some_and(|value| value != Wire::Varint(0));
        }
        match (field.arity, &field.kind) {
            (_, Kind::Raw) => false,
            (Arity::Plain, Kind::String | Kind::Bytes) => {
                value.is_some_and(|value| value != Wire::Bytes(&[]))
            }
            (Arity::Optional, _) => value.is_some(),
            (Arity::Plain | Arity::List | Arity::Map, _) => true,
        }
    }

    /// Prints the values `self.slots[from..to]` of a field.
    fn field(&mut self, field: &'a Field, from: usize, to: usize, depth: usize) -> Result<(), Corrupt> {
        match (field.arity, field.message()) {
            (Arity::Plain | Arity::Optional, Some(id)) if to - from > 1 => self.merged(id, from, to, depth),
            (Arity::Plain | Arity::Optional, _) if to > from => {
                let (_, value) = self.slots[to - 1];
                self.value(&field.kind, value, depth)
            }
            (Arity::Plain | Arity::Optional, _) => self.zero(&field.kind),
            (Arity::List, _) => self.list(field, from, to, depth),
            (Arity::Map, entry) => self.map(entry.ok_or(Corrupt)?, from, to, depth),
        }
    }

    fn list(&mut self, field: &'a Field, from: usize, to: usize, depth: usize) -> Result<(), Corrupt> {
        let packable = crate::scalar::wire_type(&field.kind);
        let mut separator = b'[';
        for slot in from..to {
            match self.slots[slot].1 {
                Wire::Bytes(mut packed) if packable != 2 => {
                    while !packed.is_empty() {
                        self.out.push(separator);
                        separator = b',';
                        let value = wire::value(&mut packed, packable)?;
                        self.value(&field.kind, value, depth)?;
                    }
                }
                value => {
                    self.out.push(separator);
                    separator = b',';
                    self.value(&field.kind, value, depth)?;
                }
            }
        }
        if separator == b'[' {
            self.out.push(b'[');
        }
        self.out.push(b']');
        Ok(())
    }

    fn map(&mut self, entry: usize, from: usize, to: usize, depth: usize) -> Result<(), Corrupt> {
        let entry = self.schemas.message(entry);
        self.out.push(b'{');
        for slot in from..to {
            let Wire::Bytes(bytes) = self.slots[slot].1 else { return Err(Corrupt) };
            if slot > from {
                self.out.push(b',');
            }
            let [key, value] = [&entry.fields[0], &entry.fields[1]];
            let quoted = matches!(key.kind, Kind::String | Kind::Int64 | Kind::Uint64);
            if !quoted {
                self.out.push(b'"');
            }
            match wire::find(bytes, &[key.number])? {
                Some(key_value) => self.value(&key.kind, key_value, depth)?,
                None if matches!(key.kind, Kind::String) => self.text("")?,
                None => self.zero(&key.kind)?,
            }
            self.out.extend_from_slice(if quoted { b":" } else { b"\":" });
            match (wire::find(bytes, &[value.number])?, &value.kind) {
                (Some(found), kind) => self.value(kind, found, depth)?,
                (None, Kind::Message(id)) => self.message(*id, &[], depth + 1)?,
                (None, Kind::String | Kind::Bytes) => self.text("")?,
                (None, kind) => self.zero(kind)?,
            }
        }
        self.out.push(b'}');
        Ok(())
    }

    /// A message that came in parts is their concatenation.
    fn merged(&mut self, id: usize, from: usize, to: usize, depth: usize) -> Result<(), Corrupt> {
        let mut whole = Vec::new();
        for (_, part) in &self.slots[from..to] {
            let Wire::Bytes(part) = part else { return Err(Corrupt) };
            whole.extend_from_slice(part);
        }
        let mut printer =
            Printer { schemas: self.schemas, out: std::mem::take(&mut self.out), slots: Vec::new() };
        let printed = printer.message(id, &whole, depth + 1);
        self.out = std::mem::take(&mut printer.out);
        printed
    }

    fn value(&mut self, kind: &'a Kind, value: Wire<'a>, depth: usize) -> Result<(), Corrupt> {
        match (kind, value) {
            (Kind::Bool, Wire::Varint(bit)) => self.raw(if bit == 0 { "false" } else { "true" }),
            (Kind::Int32, Wire::Varint(bits)) => self.number(bits as i32),
            (Kind::Uint32, Wire::Varint(bits)) => self.number(bits as u32),
            (Kind::Sint32, Wire::Varint(bits)) => self.number(wire::unzigzag(bits) as i32),
            (Kind::Fixed32, Wire::Fixed32(bits)) => self.number(bits),
            (Kind::Sfixed32, Wire::Fixed32(bits)) => self.number(bits as i32),
            (Kind::Int64, Wire::Varint(bits)) => self.quoted(bits as i64),
            (Kind::Uint64, Wire::Varint(bits)) => self.quoted(bits),
            (Kind::Sint64, Wire::Varint(bits)) => self.quoted(wire::unzigzag(bits)),
            (Kind::Fixed64, Wire::Fixed64(bits)) => self.quoted(bits),
            (Kind::Sfixed64, Wire::Fixed64(bits)) => self.quoted(bits as i64),
            (Kind::Double, Wire::Fixed64(bits)) => self.float(f64::from_bits(bits)),
            // Through its own text, or 0.1 would become 0.10000000149011612.
            (Kind::Float, Wire::Fixed32(bits)) => match f32::from_bits(bits) {
                finite if finite.is_finite() => self.number(finite),
                other => self.float(f64::from(other)),
            },
            (Kind::String, Wire::Bytes(bytes)) => self.text(std::str::from_utf8(bytes).map_err(|_| Corrupt)?),
            (Kind::Bytes, Wire::Bytes(bytes)) => self.text(&BASE64_STANDARD.encode(bytes)),
            (Kind::Enum(values), Wire::Varint(bits)) => match values.name(bits as i32) {
                Some(name) => self.quoted(name),
                None => self.number(bits as i32),
            },
            (Kind::Message(id), Wire::Bytes(bytes)) => self.message(*id, bytes, depth + 1),
            _ => Err(Corrupt),
        }
    }

    /// What an unset field without presence reads as.
    fn zero(&mut self, kind: &Kind) -> Result<(), Corrupt> {
        match kind {
            Kind::Bool => self.raw("false"),
            Kind::Int64 | Kind::Uint64 | Kind::Sint64 | Kind::Fixed64 | Kind::Sfixed64 => self.raw("\"0\""),
            Kind::Double | Kind::Float => self.raw("0.0"),
            Kind::Enum(values) => self.quoted(values.name(0).unwrap_or_default()),
            _ => self.raw("0"),
        }
    }

    fn timestamp(&mut self, bytes: &[u8]) -> Result<(), Corrupt> {
        let (seconds, nanos) = seconds_and_nanos(bytes)?;
        let instant =
            DateTime::from_timestamp(seconds, u32::try_from(nanos).map_err(|_| Corrupt)?).ok_or(Corrupt)?;
        self.quoted(instant.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }

    fn duration(&mut self, bytes: &[u8]) -> Result<(), Corrupt> {
        let (seconds, nanos) = seconds_and_nanos(bytes)?;
        let sign = if seconds < 0 || nanos < 0 { "-" } else { "" };
        let fraction = match nanos.unsigned_abs() {
            0 => String::new(),
            nanos => format!(".{nanos:09}").trim_end_matches('0').to_owned(),
        };
        self.quoted(format_args!("{sign}{}{fraction}s", seconds.unsigned_abs()))
    }

    fn field_mask(&mut self, bytes: &[u8]) -> Result<(), Corrupt> {
        let mut fields = Fields(bytes);
        let mut paths = Vec::new();
        while let Some((_, value)) = fields.next()? {
            let Wire::Bytes(path) = value else { return Err(Corrupt) };
            paths.push(camel_case(std::str::from_utf8(path).map_err(|_| Corrupt)?));
        }
        self.text(&paths.join(","))
    }

    fn raw(&mut self, text: &str) -> Result<(), Corrupt> {
        self.out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn number(&mut self, number: impl serde::Serialize) -> Result<(), Corrupt> {
        serde_json::to_writer(&mut self.out, &number).map_err(|_| Corrupt)
    }

    fn float(&mut self, number: f64) -> Result<(), Corrupt> {
        match number {
            finite if finite.is_finite() => self.number(finite),
            nan if nan.is_nan() => self.quoted("NaN"),
            infinite if infinite > 0.0 => self.quoted("Infinity"),
            _ => self.quoted("-Infinity"),
        }
    }

    fn quoted(&mut self, plain: impl std::fmt::Display) -> Result<(), Corrupt> {
        write!(self.out, "\"{plain}\"").map_err(|_| Corrupt)
    }

    fn text(&mut self, text: &str) -> Result<(), Corrupt> {
        serde_json::to_writer(&mut self.out, text).map_err(|_| Corrupt)
    }
}

/// What the contract says is in every answer is not in this one. A client can do with the rest; a test is to find it.
fn lacking(message: &Message, field: &Field) -> Result<(), Corrupt> {
    let message = message.descriptor.full_name();
    tracing::error!(message, field = &*field.name, "an answer lacks what every one has");
    if cfg!(debug_assertions) { Err(Corrupt) } else { Ok(()) }
}

fn seconds_and_nanos(bytes: &[u8]) -> Result<(i64, i32), Corrupt> {
    let number = |number| match wire::find(bytes, &[number])? {
        None => Ok(0),
        Some(Wire::Varint(bits)) => Ok(bits as i64),
        Some(_) => Err(Corrupt),
    };
    Ok((number(1)?, i32::try_from(number(2)?).map_err(|_| Corrupt)?))
}

fn camel_case(path: &str) -> String {
    let mut camel = String::with_capacity(path.len());
    let mut upper = false;
    for letter in path.chars() {
        match letter {
            '_' => upper = true,
            _ if std::mem::take(&mut upper) => camel.push(letter.to_ascii_uppercase()),
            _ => camel.push(letter),
        }
    }
    camel
}
