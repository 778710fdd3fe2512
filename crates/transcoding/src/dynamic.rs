//! `google.protobuf.Struct`, `Value` and `ListValue`: any JSON, as protobuf has it.

use std::collections::HashSet;

use bytes::BufMut;

use crate::{
    node::Node,
    schema::Shape,
    wire::{self, Corrupt, Fields, Wire, put_bytes, put_tag, put_varint},
};

const MAX_DEPTH: usize = 64;

// The fields of `Value`.
const NULL: u32 = 1;
const NUMBER: u32 = 2;
const TEXT: u32 = 3;
const BOOL: u32 = 4;
const STRUCT: u32 = 5;
const LIST: u32 = 6;

/// Writes the JSON as the message of this shape.
pub(crate) fn put(out: &mut Vec<u8>, shape: Shape, node: &Node<'_>) -> Result<(), String> {
    match (shape, node) {
        (Shape::Struct, Node::Object(entries)) => {
            let mut keys = HashSet::with_capacity(entries.len());
            for (key, node) in entries {
                if !keys.insert(key) {
                    return Err("must not name a key twice".to_owned());
                }
                let mut entry = Vec::new();
                put_bytes(&mut entry, 1, key.as_bytes());
                put_nested(&mut entry, 2, Shape::Value, node)?;
                put_bytes(out, 1, &entry);
            }
        }
        (Shape::Struct, _) => return Err("must be an object".to_owned()),
        (Shape::ListValue, Node::List(items)) => {
            for item in items {
                put_nested(out, 1, Shape::Value, item)?;
            }
        }
        (Shape::ListValue, _) => return Err("must be a list".to_owned()),
        (_, Node::Null) => put_number(out, NULL, 0),
        (_, Node::Bool(value)) => put_number(out, BOOL, u64::from(*value)),
        (_, Node::Integer(number)) => put_float(out, *number as f64),
        (_, Node::Unsigned(number)) => put_float(out, *number as f64),
        (_, Node::Float(number)) => put_float(out, *number),
        (_, Node::Text(text)) => put_bytes(out, TEXT, text.as_bytes()),
        (_, node @ Node::Object(_)) => put_nested(out, STRUCT, Shape::Struct, node)?,
        (_, node @ Node::List(_)) => put_nested(out, LIST, Shape::ListValue, node)?,
    }
    Ok(())
}

fn put_nested(out: &mut Vec<u8>, number: u32, shape: Shape, node: &Node<'_>) -> Result<(), String> {
    let mut inner = Vec::new();
    put(&mut inner, shape, node)?;
    put_bytes(out, number, &inner);
    Ok(())
}

fn put_number(out: &mut Vec<u8>, number: u32, value: u64) {
    put_tag(out, number, 0);
    put_varint(out, value);
}

fn put_float(out: &mut Vec<u8>, value: f64) {
    put_tag(out, NUMBER, 1);
    out.put_f64_le(value);
}

/// Prints the message of this shape.
pub(crate) fn print(out: &mut Vec<u8>, shape: Shape, message: &[u8], depth: usize) -> Result<(), Corrupt> {
    if depth > MAX_DEPTH {
        return Err(Corrupt);
    }
    match shape {
        Shape::Struct => print_items(out, message, [b'{', b'}'], |out, entry| {
            let Some(Wire::Bytes(key)) = wire::find(entry, &[1])? else { return Err(Corrupt) };
            json(out, std::str::from_utf8(key).map_err(|_| Corrupt)?)?;
            out.push(b':');
            match wire::find(entry, &[2])? {
                Some(Wire::Bytes(value)) => print(out, Shape::Value, value, depth + 1),
                _ => json(out, ()),
            }
        }),
        Shape::ListValue => {
            print_items(out, message, [b'[', b']'], |out, item| print(out, Shape::Value, item, depth + 1))
        }
        _ => print_value(out, message, depth),
    }
}

fn print_value(out: &mut Vec<u8>, message: &[u8], depth: usize) -> Result<(), Corrupt> {
    let mut fields = Fields(message);
    let mut last = None;
    while let Some(field) = fields.next()? {
        last = Some(field);
    }
    match last {
        Some((NUMBER, Wire::Fixed64(bits))) => match f64::from_bits(bits) {
            whole if whole.fract() == 0.0 && whole.abs() < 9e15 => json(out, whole as i64),
            number => json(out, number),
        },
        Some((TEXT, Wire::Bytes(text))) => json(out, std::str::from_utf8(text).map_err(|_| Corrupt)?),
        Some((BOOL, Wire::Varint(bit))) => json(out, bit != 0),
        Some((STRUCT, Wire::Bytes(inner))) => print(out, Shape::Struct, inner, depth + 1),
        Some((LIST, Wire::Bytes(inner))) => print(out, Shape::ListValue, inner, depth + 1),
        None | Some((NULL, _)) => json(out, ()),
        Some(_) => Err(Corrupt),
    }
}

fn print_items(
    out: &mut Vec<u8>,
    message: &[u8],
    [open, close]: [u8; 2],
    print: impl Fn(&mut Vec<u8>, &[u8]) -> Result<(), Corrupt>,
) -> Result<(), Corrupt> {
    let mut items = Fields(message);
    out.push(open);
    let mut first = true;
    while let Some((_, item)) = items.next()? {
        let Wire::Bytes(item) = item else { return Err(Corrupt) };
        if !std::mem::take(&mut first) {
            out.push(b',');
        }
        print(out, item)?;
    }
    out.push(close);
    Ok(())
}

fn json(out: &mut Vec<u8>, value: impl serde::Serialize) -> Result<(), Corrupt> {
    serde_json::to_writer(out, &value).map_err(|_| Corrupt)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_json_survives() {
        let text = r#"{"a":[1,2.5,"x",true,null,[],{}],"b":{"c":-3}}"#;
        let node: Node<'_> = serde_json::from_str(text).unwrap();
        let mut message = Vec::new();
        put(&mut message, Shape::Struct, &node).unwrap();
        let mut printed = Vec::new();
        print(&mut printed, Shape::Struct, &message, 0).unwrap();
        assert_eq!(String::from_utf8(printed).unwrap(), text);
    }

    #[test]
    fn the_shape_is_kept() {
        let mut out = Vec::new();
        assert!(put(&mut out, Shape::Struct, &Node::List(Vec::new())).is_err());
        assert!(put(&mut out, Shape::ListValue, &Node::Null).is_err());
        let twice: Node<'_> = serde_json::from_str(r#"{"a":1,"a":2}"#).unwrap();
        assert!(put(&mut out, Shape::Value, &twice).is_err());
    }
}
