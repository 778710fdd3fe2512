//! Bounces.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    super::bounce::{BounceKind, own_id, read, return_address, returned_to},
    text, vectors,
};

#[test]
fn bounces_are_told_from_what_is_none() {
    for row in vectors("bounces.jsonl") {
        let bounce = read(text(&row, "eml").as_bytes()).unwrap();
        let message_id = bounce.mail_id.as_deref().and_then(|id| own_id(id, "careway.example"));
        let kind = bounce.kind.as_str();
        let addresses: Vec<_> = bounce.recipients.iter().map(|reported| json!(reported.address)).collect();
        let address = match addresses.as_slice() {
            [] => Value::Null,
            [one] => one.clone(),
            several => json!(several),
        };
        let expect = &row["expect"];
        assert_eq!(kind, expect["kind"], "{}", row["id"]);
        assert_eq!(address, expect["address"], "{}", row["id"]);
        let named = message_id.map(|id| id.to_string());
        assert_eq!(json!(named), expect["message_id"], "{}", row["id"]);
        assert_eq!(effect(bounce.kind, message_id, addresses.len()), expect["effect"], "{}", row["id"]);
    }
}

fn effect(kind: BounceKind, message: Option<Uuid>, addresses: usize) -> &'static str {
    match (kind.is_undelivered(), message, kind) {
        (false, ..) => "none",
        (_, None, _) => "none: nothing of ours is named",
        (_, _, BounceKind::Hard) if addresses > 1 => "UNDELIVERED for each",
        (_, _, BounceKind::Hard) => "UNDELIVERED; the address becomes suspect",
        (_, _, BounceKind::Soft) => "UNDELIVERED; suspect after the third in a row",
        _ => "UNDELIVERED; the address stays good, an operator is alarmed",
    }
}

#[test]
fn an_address_is_suspect_at_once_or_after_the_third_failure_and_never_for_policy() {
    assert!(BounceKind::Hard.makes_suspect(0));
    assert!(!BounceKind::Soft.makes_suspect(2) && BounceKind::Soft.makes_suspect(3));
    assert!(!BounceKind::Policy.makes_suspect(9));
}

#[test]
fn a_return_address_names_its_message_in_any_case() {
    let (pattern, id) = ("Bounces+{message}@careway.example", Uuid::from_u128(7));
    let address = return_address(pattern, id);
    assert_eq!(returned_to(pattern, &address.to_uppercase()), Some(id));
    assert_eq!(returned_to(pattern, "bounces+7@careway.example"), None);
    assert_eq!(returned_to(pattern, &address.replace("careway", "elsewhere")), None);
    assert_eq!(return_address("bounces@careway.example", id), "bounces@careway.example");
    assert_eq!(returned_to("bounces@careway.example", "bounces@careway.example"), None);
}

#[test]
fn what_is_wrong_with_our_own_address_is_no_fault_of_theirs() {
    let of = |status: &str| {
        let report = format!(
            "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\
             Reporting-MTA: dns; mx\r\n\r\nOriginal-Recipient: rfc822; an@example.vn\r\n\
             Final-Recipient: rfc822; box@example.vn\r\nAction: failed\r\nStatus: {status}\r\n\r\n--b--\r\n"
        );
        read(report.as_bytes()).unwrap()
    };
    assert!(of("5.1.8").kind == BounceKind::Policy && of("5.1.10").kind == BounceKind::Hard);
    assert_eq!(of("5.1.1").recipients[0].original.as_deref(), Some("an@example.vn"));
}
