//! JSON scalars and the well-known types → the wire; each refusal says what the value must be.

use std::borrow::Cow;

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use bytes::BufMut;
use chrono::{DateTime, Datelike};

use crate::{
    node::Node,
    schema::Kind,
    wire::{put_bytes, put_tag, put_varint, zigzag},
};

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// What protobuf allows: about ten thousand years.
const MAX_DURATION: i64 = 315_576_000_000;

pub(crate) fn wire_type(kind: &Kind) -> u32 {
    match kind {
        Kind::Double | Kind::Fixed64 | Kind::Sfixed64 => 1,
        Kind::Float | Kind::Fixed32 | Kind::Sfixed32 => 5,
        Kind::String | Kind::Bytes | Kind::Message(_) | Kind::Raw => 2,
        _ => 0,
    }
}

/// Writes the value without its tag.
pub(crate) fn put(out: &mut Vec<u8>, kind: &Kind, node: &Node<'_>) -> Result<(), String> {
    match kind {
        Kind::Int32 => put_varint(out, whole(node, i32::MIN, i32::MAX)? as i64 as u64),
        Kind::Int64 => put_varint(out, whole(node, i64::MIN, i64::MAX)? as u64),
        Kind::Uint32 => put_varint(out, u64::from(whole(node, u32::MIN, u32::MAX)?)),
        Kind::Uint64 => put_varint(out, whole(node, u64::MIN, u64::MAX)?),
        Kind::Sint32 => put_varint(out, zigzag(i64::from(whole(node, i32::MIN, i32::MAX)?))),
        Kind::Sint64 => put_varint(out, zigzag(whole(node, i64::MIN, i64::MAX)?)),
        Kind::Fixed32 => out.put_u32_le(whole(node, u32::MIN, u32::MAX)?),
        Kind::Fixed64 => out.put_u64_le(whole(node, u64::MIN, u64::MAX)?),
        Kind::Sfixed32 => out.put_i32_le(whole(node, i32::MIN, i32::MAX)?),
        Kind::Sfixed64 => out.put_i64_le(whole(node, i64::MIN, i64::MAX)?),
        Kind::Double => out.put_f64_le(float(node)?),
        Kind::Float => out.put_f32_le(float(node)? as f32),
        Kind::Bool => match node {
            Node::Bool(value) => put_varint(out, u64::from(*value)),
            _ => return Err("must be true or false".to_owned()),
        },
        Kind::String => put_block(out, text(node)?.as_bytes()),
        Kind::Bytes => {
            let text = text(node)?;
            let engine = if text.contains(['-', '_']) { &URL_SAFE } else { &STANDARD };
            put_block(out, &engine.decode(text).map_err(|_| "must be base64")?);
        }
        Kind::Enum(values) => {
            let number = match node {
                Node::Text(name) => values.number(name),
                _ => None,
            };
            let number = number.ok_or_else(|| {
                format!("must be one of {}", values.values().collect::<Vec<_>>().join(", "))
            })?;
            put_varint(out, number as i64 as u64);
        }
        Kind::Message(_) | Kind::Raw => return Err("must be absent".to_owned()),
    }
    Ok(())
}

fn put_block(out: &mut Vec<u8>, bytes: &[u8]) {
    put_varint(out, bytes.len() as u64);
    out.put_slice(bytes);
}

fn text<'n>(node: &'n Node<'_>) -> Result<&'n str, String> {
    match node {
        Node::Text(text) => Ok(text),
        _ => Err("must be a text".to_owned()),
    }
}

fn whole<T>(node: &Node<'_>, min: T, max: T) -> Result<T, String>
where
    T: TryFrom<i128> + Into<i128> + Copy + std::fmt::Display,
{
    let small = max.into() <= i128::from(u32::MAX);
    let number = match node {
        Node::Integer(number) => Some(i128::from(*number)),
        Node::Unsigned(number) => Some(i128::from(*number)),
        Node::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => Some(*number as i128),
        // 64-bit numbers are written as text, for the sake of JavaScript.
        Node::Text(digits) if !small && digits.len() <= 20 => digits.parse().ok(),
        _ => None,
    };
    let number = number.ok_or("must be a whole number")?;
    T::try_from(number).map_err(|_| match number < min.into() {
        true => format!("must be at least {min}"),
        false => format!("must be at most {max}"),
    })
}

fn float(node: &Node<'_>) -> Result<f64, String> {
    match node {
        Node::Integer(number) => Ok(*number as f64),
        Node::Unsigned(number) => Ok(*number as f64),
        Node::Float(number) => Ok(*number),
        _ => Err("must be a number".to_owned()),
    }
}

/// A value that came as text (a path segment, a query parameter, a map's key) as the JSON it stands for.
pub(crate) fn from_text<'a>(kind: &Kind, text: Cow<'a, str>) -> Node<'a> {
    let parsed = match kind {
        Kind::String | Kind::Bytes | Kind::Enum(_) | Kind::Message(_) | Kind::Raw => None,
        Kind::Bool => text.parse().ok().map(Node::Bool),
        Kind::Double | Kind::Float => text.parse().ok().filter(|it: &f64| it.is_finite()).map(Node::Float),
        _ => text.parse().map(Node::Integer).or_else(|_| text.parse().map(Node::Unsigned)).ok(),
    };
    parsed.unwrap_or(Node::Text(text))
}

pub(crate) fn put_timestamp(out: &mut Vec<u8>, node: &Node<'_>) -> Result<(), String> {
    const MUST: &str = "must be an RFC 3339 date-time, like 2026-01-31T08:00:00Z";
    let Node::Text(text) = node else { return Err(MUST.to_owned()) };
    let instant = DateTime::parse_from_rfc3339(text).map_err(|_| MUST)?.to_utc();
    let nanos = instant.timestamp_subsec_nanos();
    if !(1..=9999).contains(&instant.year()) || nanos >= 1_000_000_000 {
        return Err(MUST.to_owned());
    }
    put_number(out, 1, instant.timestamp());
    put_number(out, 2, i64::from(nanos));
    Ok(())
}

pub(crate) fn put_duration(out: &mut Vec<u8>, node: &Node<'_>) -> Result<(), String> {
    const MUST: &str = "must be a number of seconds, like \"90s\" or \"1.5s\"";
    let Node::Text(text) = node else { return Err(MUST.to_owned()) };
    let (seconds, nanos) = seconds(text).ok_or(MUST)?;
    put_number(out, 1, seconds);
    put_number(out, 2, nanos);
    Ok(())
}

fn seconds(text: &str) -> Option<(i64, i64)> {
    let text = text.strip_suffix('s')?;
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |it: &str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > 9 {
        return None;
    }
    let whole: i64 = whole.parse().ok().filter(|it| *it <= MAX_DURATION)?;
    let nanos: i64 = format!("{fraction:0<9}").parse().ok()?;
    Some((sign * whole, sign * nanos))
}

pub(crate) fn put_field_mask(out: &mut Vec<u8>, node: &Node<'_>) -> Result<(), String> {
    let Node::Text(text) = node else { return Err("must be field names, separated by commas".to_owned()) };
    for path in text.split(',').filter(|path| !path.is_empty()) {
        put_bytes(out, 1, snake_case(path).as_bytes());
    }
    Ok(())
}

fn snake_case(path: &str) -> String {
    let mut snake = String::with_capacity(path.len() + 4);
    for letter in path.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

fn put_number(out: &mut Vec<u8>, number: u32, value: i64) {
    if value != 0 {
        put_tag(out, number, 0);
        put_varint(out, value as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(seconds("90s"), Some((90, 0)));
        assert_eq!(seconds("-1.5s"), Some((-1, -500_000_000)));
        for wrong in ["90", "s", "1.s", ".5s", "1.0000000001s", "1e3s", "+1s", "999999999999999s"] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        let mut out = Vec::new();
        assert!(put(&mut out, &Kind::Int32, &Node::Integer(2_147_483_648)).is_err());
        assert!(put(&mut out, &Kind::Int32, &Node::Text("1".into())).is_err());
        assert!(put(&mut out, &Kind::Uint32, &Node::Integer(-1)).is_err());
        assert!(put(&mut out, &Kind::Int32, &Node::Float(1.5)).is_err());
        assert!(put(&mut out, &Kind::Int64, &Node::Text("-9223372036854775808".into())).is_ok());
        assert!(put(&mut out, &Kind::Uint64, &Node::Unsigned(u64::MAX)).is_ok());
    }
}
