//! The protobuf wire format: reading fields out of a message, writing them into one.

use bytes::BufMut;

/// The bytes are no protobuf message.
#[derive(Debug, thiserror::Error)]
#[error("not a protobuf message")]
pub(crate) struct Corrupt;

/// One field's value as it is on the wire.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Wire<'a> {
    Varint(u64),
    Fixed64(u64),
    Bytes(&'a [u8]),
    Fixed32(u32),
}

/// The fields of a message in the order they were sent.
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl<'a> Fields<'a> {
    pub(crate) fn next(&mut self) -> Result<Option<(u32, Wire<'a>)>, Corrupt> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let tag = varint(&mut self.0)?;
        let number = u32::try_from(tag >> 3).map_err(|_| Corrupt)?;
        Ok(Some((number, value(&mut self.0, (tag & 7) as u32)?)))
    }
}

/// Takes one value of this wire type from the front.
pub(crate) fn value<'a>(bytes: &mut &'a [u8], wire_type: u32) -> Result<Wire<'a>, Corrupt> {
    Ok(match wire_type {
        0 => Wire::Varint(varint(bytes)?),
        1 => Wire::Fixed64(u64::from_le_bytes(*array(bytes)?)),
        2 => {
            let length = usize::try_from(varint(bytes)?).map_err(|_| Corrupt)?;
            let (block, rest) = bytes.split_at_checked(length).ok_or(Corrupt)?;
            *bytes = rest;
            Wire::Bytes(block)
        }
        5 => Wire::Fixed32(u32::from_le_bytes(*array(bytes)?)),
        _ => return Err(Corrupt),
    })
}

fn array<'a, const N: usize>(bytes: &mut &'a [u8]) -> Result<&'a [u8; N], Corrupt> {
    let (head, rest) = bytes.split_first_chunk().ok_or(Corrupt)?;
    *bytes = rest;
    Ok(head)
}

/// Takes one varint from the front.
pub(crate) fn varint(bytes: &mut &[u8]) -> Result<u64, Corrupt> {
    let mut value = 0;
    for (index, byte) in bytes.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            *bytes = &bytes[index + 1..];
            return Ok(value);
        }
    }
    Err(Corrupt)
}

/// The last value of the field that this path of numbers leads to.
pub(crate) fn find<'a>(mut message: &'a [u8], path: &[u32]) -> Result<Option<Wire<'a>>, Corrupt> {
    let Some((last, parents)) = path.split_last() else { return Ok(None) };
    for number in parents {
        match last_of(message, *number)? {
            Some(Wire::Bytes(inner)) => message = inner,
            _ => return Ok(None),
        }
    }
    last_of(message, *last)
}

fn last_of(message: &[u8], wanted: u32) -> Result<Option<Wire<'_>>, Corrupt> {
    let mut fields = Fields(message);
    let mut found = None;
    while let Some((number, value)) = fields.next()? {
        if number == wanted {
            found = Some(value);
        }
    }
    Ok(found)
}

pub(crate) fn put_varint(out: &mut impl BufMut, mut value: u64) {
    while value >= 0x80 {
        out.put_u8((value as u8) | 0x80);
        value >>= 7;
    }
    out.put_u8(value as u8);
}

pub(crate) fn put_tag(out: &mut impl BufMut, number: u32, wire_type: u32) {
    put_varint(out, u64::from(number << 3 | wire_type));
}

pub(crate) fn put_bytes(out: &mut impl BufMut, number: u32, bytes: &[u8]) {
    put_tag(out, number, 2);
    put_varint(out, bytes.len() as u64);
    out.put_slice(bytes);
}

pub(crate) fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

pub(crate) fn unzigzag(value: u64) -> i64 {
    ((value >> 1) as i64) ^ -((value & 1) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_and_zigzag_come_back() {
        for value in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut out = Vec::new();
            put_varint(&mut out, value);
            let mut rest = &out[..];
            assert_eq!(varint(&mut rest).unwrap(), value);
            assert!(rest.is_empty());
            assert_eq!(zigzag(unzigzag(value)), value);
        }
    }

    #[test]
    fn cut_short_is_corrupt() {
        assert!(Fields(&[0x0a, 5, 1]).next().is_err());
        assert!(Fields(&[0x0d, 1]).next().is_err());
        assert!(Fields(&[0x80; 12]).next().is_err());
    }

    #[test]
    fn a_path_finds_the_last_value() {
        let mut inner = Vec::new();
        put_tag(&mut inner, 3, 0);
        put_varint(&mut inner, 7);
        let mut outer = Vec::new();
        put_bytes(&mut outer, 1, b"first");
        put_bytes(&mut outer, 1, &inner);
        assert_eq!(find(&outer, &[1, 3]).unwrap(), Some(Wire::Varint(7)));
        assert_eq!(find(&outer, &[2]).unwrap(), None);
    }
}
