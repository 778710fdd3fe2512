//! The octets of each part, as `submit_sm` carries them: the header that joins the parts (3GPP TS 23.040), then an octet for
//! each septet, or UTF-16 with its high octet first.

use careway_kernel::text::nfc;

use super::{
    alphabet::{ESCAPE, Septets, septets},
    segments::{Concatenation, Encoding, encoding, fill},
};

/// What `esm_class` says of a part that begins with a header.
const HAS_HEADER: u8 = 0x40;

/// The parts of a message, ready for `submit_sm`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Payloads {
    pub(crate) data_coding: u8,
    pub(crate) esm_class: u8,
    pub(crate) short_messages: Vec<Vec<u8>>,
}

/// A text of more parts than a header can count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must fit 255 parts")]
pub(crate) struct TooLong;

/// Encodes a text; all its parts carry this reference, of which an 8-bit header has the low octet.
pub(crate) fn payloads(
    text: &str,
    concatenation: Concatenation,
    reference: u16,
) -> Result<Payloads, TooLong> {
    let text = nfc(text);
    let encoding = encoding(&text);
    let (octets, parts, octets_per_unit) = match encoding {
        Encoding::Gsm7 => {
            let septets = text.chars().filter_map(septets);
            let (_, parts) = fill(septets.clone().map(Septets::units), encoding, concatenation);
            (septets.flat_map(octets).collect::<Vec<u8>>(), parts, 1)
        }
        Encoding::Ucs2 => {
            let (_, parts) = fill(text.chars().map(char::len_utf16), encoding, concatenation);
            (text.encode_utf16().flat_map(u16::to_be_bytes).collect(), parts, 2)
        }
    };
    let total = u8::try_from(parts.len()).map_err(|_| TooLong)?;
    let mut rest = octets.as_slice();
    let mut short_messages = Vec::with_capacity(parts.len());
    for (number, units) in (1..=total).zip(&parts) {
        let (part, after) = rest.split_at(units * octets_per_unit);
        let mut message =
            if total > 1 { header(concatenation, reference, total, number) } else { Vec::new() };
        message.extend_from_slice(part);
        short_messages.push(message);
        rest = after;
    }
    Ok(Payloads {
        data_coding: if encoding == Encoding::Gsm7 { 0 } else { 8 },
        esm_class: if total > 1 { HAS_HEADER } else { 0 },
        short_messages,
    })
}

fn octets(septets: Septets) -> impl Iterator<Item = u8> {
    let (escape, code) = match septets {
        Septets::Basic(code) => (None, code),
        Septets::Extended(code) => (Some(ESCAPE), code),
    };
    escape.into_iter().chain([code])
}

fn header(concatenation: Concatenation, reference: u16, total: u8, number: u8) -> Vec<u8> {
    let [high, low] = reference.to_be_bytes();
    match concatenation {
        Concatenation::Udh8 => vec![5, 0, 3, low, total, number],
        Concatenation::Udh16 => vec![6, 8, 4, high, low, total, number],
    }
}
