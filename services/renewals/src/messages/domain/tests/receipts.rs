//! Receipts: their text, their ids, and what they make of a message.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::sms::{
        receipt::{Delivery, Parameters, read},
        receipt_id::ReceiptIds,
        rollup::{ReceiptsOf, after, of_parts},
    },
    text, vectors,
};

#[test]
fn receipts_are_read_as_carriers_write_them() {
    for row in vectors("receipts.jsonl") {
        let parameters = Parameters {
            receipted_message_id: row["receipted_message_id"].as_str().map(str::to_owned),
            message_state: row["message_state"].as_u64().map(|state| u8::try_from(state).unwrap()),
        };
        let receipt = read(text(&row, "text"), &parameters, text(&row, "route_zone").parse().unwrap());
        let done_at = receipt.done_at.map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
        let found = json!({
            "id": receipt.id, "state": receipt.state.map(Delivery::as_str), "done_at": done_at,
            "error": receipt.error,
        });
        assert_eq!(found, row["expect"], "{}", row["id"]);
    }
}

#[test]
fn ids_are_the_same_by_the_rule_of_the_route() {
    for row in vectors("receipt-ids.jsonl") {
        let rule = ReceiptIds::deserialize(&row["route_rule"]).unwrap();
        let same = rule.of_answer(text(&row, "submitted")) == rule.of_receipt(text(&row, "receipted"));
        assert_eq!(json!({ "same": same }), row["expect"], "{}", row["id"]);
    }
}

#[test]
fn a_message_becomes_what_its_parts_became() {
    for row in vectors("receipt-rollup.jsonl") {
        let receipts = ReceiptsOf::deserialize(&row["receipts_of"]).unwrap();
        let parts = row["parts"].as_array().unwrap().iter();
        let parts: Vec<_> = parts.map(|said| said.as_array().unwrap().iter().fold(None, one_more)).collect();
        let state = of_parts(receipts, &parts).map_or("ACCEPTED", Delivery::as_str);
        assert_eq!(json!({ "state": state }), row["expect"], "{}", row["id"]);
    }
}

fn one_more(known: Option<Delivery>, said: &Value) -> Option<Delivery> {
    let said = said.as_str().map(|said| Delivery::parse(said).unwrap());
    after(known, said)
}
