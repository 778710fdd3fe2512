//! What things are called in the network that is measured: its members, benefits and prices, and a claim of them.

use serde_json::{Value, json};

/// How many facilities check members in.
pub(super) const FACILITIES: u32 = 20;
/// The benefits of the plan; each member has used something of each.
pub(super) const BENEFITS: [&str; 4] = ["CONSULTATION", "LABORATORY", "IMAGING", "MEDICINES"];
/// The price list: what a claim's five lines are.
pub(super) const CODES: [&str; 5] = ["CONS-1", "LAB-1", "LAB-2", "IMG-1", "MED-1"];

/// A member's number by the payer.
pub(super) fn member_number(number: u32) -> String {
    format!("BM-{number:06}")
}

/// A member's phone, E.164.
pub(super) fn phone(number: u32) -> String {
    format!("+25078{number:07}")
}

/// A claim of the five lines, submitted at once; its answer tells what became of it.
pub(super) fn claim() -> Value {
    let lines: Vec<_> =
        CODES.iter().map(|code| json!({"code": code, "quantity": "1", "diagnoses": ["J06.9"]})).collect();
    json!({"lines": lines, "submit": true})
}
