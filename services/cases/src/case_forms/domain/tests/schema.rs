//! Schemas: what a form may have, and its words in one language.

use std::time::{Duration, Instant};

use careway_kernel::Language;
use serde_json::{Value, json};

use super::{bookings, parse, words};

fn one(question: Value) -> Value {
    json!({"type": "object", "properties": {"question": question}})
}

#[test]
fn a_form_is_shown_in_one_language() {
    let shown = bookings().in_language(Language::Bn);
    let problem = &shown["properties"]["problem"];
    assert_eq!(problem["title"], "problem bn");
    assert_eq!(problem["x-choices"]["OTHER"], "other bn");
    assert_eq!(problem["enum"], json!(["WRONG_TIME", "OTHER"]));
    assert_eq!(shown["properties"]["bookingId"]["x-unknown"], true);
    assert!(!Value::Object(shown).to_string().contains("x-title"));
}

#[test]
fn what_is_no_schema_of_a_form_is_refused() {
    let title = words("question");
    let mut five = title.clone();
    five.as_object_mut().unwrap().remove("rw");
    for (schema, because) in [
        (json!({}), "type must be object"),
        (json!({"type": "object", "$schema": "http://json-schema.org/draft-07/schema#"}), "$schema must be"),
        (one(json!({"type": "string"})), "properties.question must have x-title"),
        (one(json!({"type": "string", "x-title": five})), "six languages"),
        (one(json!({"type": "text", "x-title": title})), "is not JSON Schema"),
        (one(json!({"type": "string", "maxLength": -1, "x-title": title})), "is not JSON Schema"),
        (one(json!({"type": "string", "format": "bank-account", "x-title": title})), "cannot be checked"),
        (one(json!({"type": "string", "pattern": "(", "x-title": title})), "schema"),
        (one(json!({"type": "string", "pattern": "(?=a)a", "x-title": title})), "schema"),
        (one(json!({"type": "string", "x-unknown": "yes", "x-title": title})), "must be true or false"),
        (one(json!({"$ref": "https://careway.example/x", "x-title": title})), "must have no $ref"),
        (one(json!({"$ref": "#/$defs/x", "x-title": title})), "must have no $ref"),
        (json!({"type": "object", "allOf": [{"$dynamicRef": "#x"}]}), "must have no $dynamicRef"),
        (json!({"type": "object", "properties": {"Ümlaut": {"x-title": title}}}), "must be named by"),
    ] {
        let refused = parse(schema.clone()).unwrap_err();
        assert!(refused.contains(because), "{schema}: {refused}");
    }
}

#[test]
fn a_schema_is_bounded() {
    let deep = (0..40).fold(json!({}), |inner, _| json!({"not": inner}));
    let long = json!({"type": "object", "description": "x".repeat(70_000)});
    for schema in [json!({"type": "object", "not": deep}), long] {
        assert!(parse(schema).unwrap_err().contains("65536 bytes of JSON, 16 deep"));
    }
    let many = (0..51).map(|at| (format!("q{at}"), json!({"x-title": words("q")})));
    let many = json!({"type": "object", "properties": Value::Object(many.collect())});
    assert!(parse(many).is_err());
}

#[test]
fn a_costly_pattern_is_refused_and_any_other_takes_time_in_proportion() {
    let pattern = |pattern: &str| one(json!({"type": "string", "pattern": pattern, "x-title": words("q")}));
    let begun = Instant::now();
    assert!(parse(pattern("^((a{0,900}){0,900}){0,900}$")).is_err());
    // It would take a backtracking engine until the end of days.
    let slow = parse(pattern("^(a+)+$")).unwrap();
    let mut v = careway_kernel::Violations::default();
    let answers = json!({"question": format!("{}!", "a".repeat(20_000))});
    super::super::answers::check(&mut v, &slow, answers.as_object().unwrap(), &[]).unwrap();
    assert!(!v.is_empty() && begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}
