//! Segments and payloads.

use careway_kernel::text::nfc;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::sms::{
        Concatenation,
        payload::{TooLong, payloads},
        segments::{Encoding, segments},
    },
    text, vectors,
};

fn concatenation(row: &Value) -> Concatenation {
    if row["concatenation"].is_null() {
        return Concatenation::default();
    }
    Concatenation::deserialize(&row["concatenation"]).unwrap()
}

#[test]
fn segments_are_counted_as_carriers_bill_them() {
    for row in vectors("sms-segments.jsonl") {
        let overhead = row["overhead_units"].as_u64().unwrap_or(0);
        let found =
            segments(&nfc(text(&row, "text")), concatenation(&row), usize::try_from(overhead).unwrap());
        let encoding = if found.encoding == Encoding::Gsm7 { "GSM7" } else { "UCS2" };
        let found = json!({
            "encoding": encoding, "units": found.units, "segments": found.count(), "parts": found.parts,
        });
        assert_eq!(found, row["expect"], "{}", row["id"]);
    }
}

#[test]
fn payloads_are_what_carriers_take() {
    for row in vectors("sms-payloads.jsonl") {
        let reference = u16::try_from(row["reference"].as_u64().unwrap()).unwrap();
        let found = payloads(text(&row, "text"), concatenation(&row), reference).unwrap();
        let messages: Vec<_> = found.short_messages.iter().map(hex::encode).collect();
        let found = json!({
            "data_coding": found.data_coding, "esm_class": found.esm_class, "short_messages": messages,
        });
        assert_eq!(found, row["expect"], "{}", row["id"]);
    }
}

#[test]
fn a_header_counts_to_255() {
    assert_eq!(payloads(&"a".repeat(153 * 255), Concatenation::Udh8, 0).unwrap().short_messages.len(), 255);
    assert_eq!(payloads(&"a".repeat(153 * 255 + 1), Concatenation::Udh8, 0), Err(TooLong));
}
