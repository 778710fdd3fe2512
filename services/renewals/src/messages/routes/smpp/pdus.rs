//! The PDUs of a session: what is submitted, and what a carrier delivers.

use std::borrow::Cow;

use anyhow::Context;
use rusmpp::{
    pdus::{BindTransceiver, DeliverSm, SubmitSm},
    tlvs::TlvValue,
    types::{COctetString, OctetString},
    values::{DataCoding, EsmClass, InterfaceVersion, Npi, RegisteredDelivery, Ton},
};

use super::super::{
    super::domain::sms::{alphabet, receipt::Parameters, rollup::ReceiptsOf},
    Part, RouteSettings,
    settings::{SmppSettings, SmppVersion},
};

/// `esm_class` of a message of which only `message_type` is looked at.
const RECEIPT: u8 = 0b0000_0100;
const MESSAGE_TYPE: u8 = 0b0011_1100;
const HAS_HEADER: u8 = 0x40;

/// What a carrier delivers.
pub(super) enum Delivered {
    Receipt {
        text: String,
        parameters: Parameters,
    },
    /// From somebody's phone.
    Message {
        from: String,
        text: String,
    },
}

/// The bind of a route.
pub(super) fn bind(settings: &SmppSettings, password: &str) -> anyhow::Result<BindTransceiver> {
    let version = match settings.version {
        SmppVersion::V34 => InterfaceVersion::Smpp3_4,
        SmppVersion::V50 => InterfaceVersion::Smpp5_0,
    };
    Ok(BindTransceiver::new(
        octets(&settings.system_id).context("system_id: at most 15 characters")?,
        octets(password).context("the password: at most 8 characters")?,
        octets(&settings.system_type).context("system_type: at most 12 characters")?,
        version,
        Ton::Unknown,
        Npi::Unknown,
        COctetString::empty(),
    ))
}

/// A part as the carrier takes it.
pub(super) fn submit(settings: &RouteSettings, part: &Part<'_>) -> anyhow::Result<SubmitSm> {
    let at = usize::try_from(part.number - 1)?;
    let octets_of_part = part.payloads.short_messages.get(at).context("a part that is not there")?;
    let (ton, npi) = sender_kind(&settings.sender);
    let wants_receipt = u8::from(settings.receipts != ReceiptsOf::None);
    Ok(SubmitSm::builder()
        .source_addr_ton(ton)
        .source_addr_npi(npi)
        .source_addr(octets(settings.sender.trim_start_matches('+'))?)
        .dest_addr_ton(Ton::International)
        .dest_addr_npi(Npi::Isdn)
        .destination_addr(octets(part.to.trim_start_matches('+'))?)
        .esm_class(EsmClass::from(part.payloads.esm_class))
        .registered_delivery(RegisteredDelivery::from(wants_receipt))
        .data_coding(DataCoding::from(part.payloads.data_coding))
        .short_message(OctetString::from_slice(octets_of_part)?)
        .build())
}

/// A name, a short code, or a number.
fn sender_kind(sender: &str) -> (Ton, Npi) {
    let digits = sender.trim_start_matches('+');
    match digits.chars().all(|char| char.is_ascii_digit()) {
        false => (Ton::Alphanumeric, Npi::Unknown),
        true if digits.len() <= 8 => (Ton::Unknown, Npi::Isdn),
        true => (Ton::International, Npi::Isdn),
    }
}

/// What a `deliver_sm` is.
pub(super) fn read(deliver: &DeliverSm) -> Delivered {
    let mut parameters = Parameters::default();
    let mut octets = Cow::Borrowed(deliver.short_message().as_ref());
    for tlv in deliver.tlvs() {
        match tlv.value() {
            Some(TlvValue::ReceiptedMessageId(id)) => {
                parameters.receipted_message_id = Some(id.as_str().to_owned());
            }
            Some(TlvValue::MessageState(state)) => parameters.message_state = Some((*state).into()),
            Some(TlvValue::MessagePayload(payload)) => octets = Cow::Owned(payload.value.as_ref().to_vec()),
            _ => {}
        }
    }
    let esm_class = u8::from(deliver.esm_class);
    if esm_class & HAS_HEADER != 0 {
        let length = octets.first().map_or(0, |length| usize::from(*length) + 1);
        octets = Cow::Owned(octets.get(length..).unwrap_or_default().to_vec());
    }
    let text = text(&octets, u8::from(deliver.data_coding));
    // Some carriers do not mark receipts; their text tells.
    let is_receipt = esm_class & MESSAGE_TYPE == RECEIPT
        || parameters.receipted_message_id.is_some()
        || super::super::super::domain::sms::receipt::looks_like_one(&text);
    match is_receipt {
        true => Delivered::Receipt { text, parameters },
        false => Delivered::Message { from: deliver.source_addr.as_str().to_owned(), text },
    }
}

/// The text of a message in this alphabet.
pub(in super::super::super) fn text(octets: &[u8], data_coding: u8) -> String {
    match data_coding {
        8 => {
            let units = octets.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).map(|char| char.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        0 => alphabet::text(octets),
        _ => octets.iter().map(|octet| char::from(*octet)).collect(),
    }
}

fn octets<const MIN: usize, const MAX: usize>(text: &str) -> anyhow::Result<COctetString<MIN, MAX>> {
    Ok(COctetString::from_vec([text.as_bytes(), &[0]].concat())?)
}
