//! Answers: everything that is wrong at once, by its path; what one does not know may stay open.

use careway_kernel::Violations;
use serde_json::{Value, json};

use super::{bookings, object, parse, words};
use crate::case_forms::domain::{answers::check, schema::Schema};

fn wrong(schema: &Schema, answers: Value, unknown: &[&str]) -> Vec<String> {
    let unknown: Vec<String> = unknown.iter().map(|&name| name.to_owned()).collect();
    let mut v = Violations::default();
    check(&mut v, schema, &object(answers), &unknown).unwrap();
    let mut wrong: Vec<_> = v.iter().map(|one| format!("{} {}", one.field, one.message)).collect();
    wrong.sort();
    wrong
}

#[test]
fn what_fits_is_fine() {
    for answers in [
        json!({"problem": "OTHER"}),
        json!({"problem": "WRONG_TIME", "bookingId": "B-1", "email": "a@b.example", "since": "2026-11-28", "count": 2}),
    ] {
        assert!(wrong(&bookings(), answers.clone(), &[]).is_empty(), "{answers}");
    }
}

#[test]
fn everything_wrong_is_named_at_once() {
    let answers = json!({
        "problem": "WRONG_TIME", "email": "nobody", "since": "yesterday", "count": 0, "colour": "red"
    });
    assert_eq!(
        wrong(&bookings(), answers, &[]),
        [
            "answers.bookingId is required",
            "answers.colour is no question of this form",
            "answers.count must be at least 1",
            "answers.email must have the form of email",
            "answers.since must have the form of date",
        ]
    );
    assert_eq!(wrong(&bookings(), json!({}), &[]), ["answers.problem is required"]);
    assert_eq!(
        wrong(&bookings(), json!({"problem": "SECRET-WORDS", "bookingId": 7}), &[]),
        ["answers.bookingId must be of type string", "answers.problem must be one of WRONG_TIME, OTHER"],
        "nobody's words are repeated"
    );
}

#[test]
fn what_one_does_not_know_is_not_asked_for() {
    let answers = || json!({"problem": "WRONG_TIME"});
    assert!(wrong(&bookings(), answers(), &["bookingId"]).is_empty());
    // Without the mark it may not be left open.
    assert_eq!(wrong(&bookings(), json!({}), &["problem"]), ["unknown problem may not be left open"]);
    assert_eq!(
        wrong(&bookings(), answers(), &["bookingId", "nothing"]),
        ["unknown nothing may not be left open"]
    );
    let both = json!({"problem": "WRONG_TIME", "bookingId": "B-1"});
    assert_eq!(wrong(&bookings(), both, &["bookingId"]), ["unknown bookingId is answered"]);
}

#[test]
fn one_of_several_questions_may_be_unknown_too() {
    let invoices = parse(json!({
        "type": "object",
        "properties": {
            "invoiceNumber": {"type": "string", "x-title": words("invoice"), "x-unknown": true},
            "period": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$", "x-title": words("period")},
        },
        "anyOf": [{"required": ["invoiceNumber"]}, {"required": ["period"]}],
    }))
    .unwrap();
    assert_eq!(wrong(&invoices, json!({}), &[]), ["answers must have one of invoiceNumber, period"]);
    assert!(wrong(&invoices, json!({}), &["invoiceNumber"]).is_empty());
    assert!(wrong(&invoices, json!({"period": "2026-11"}), &[]).is_empty());
    let pattern = wrong(&invoices, json!({"period": "November"}), &[]);
    assert_eq!(pattern, ["answers.period must have the form that the question asks for"]);
}

#[test]
fn answers_are_bounded() {
    let answers = json!({"problem": "OTHER", "bookingId": "x".repeat(40_000)});
    assert_eq!(wrong(&bookings(), answers, &[]), ["answers must be at most 32768 bytes of JSON"]);
    let name = format!("{}\u{202e}\n", "n".repeat(200));
    let wrong = wrong(&bookings(), json!({"problem": "OTHER", name: 1}), &[]);
    assert_eq!(wrong, [format!("answers.{} is no question of this form", "n".repeat(64))]);
}
