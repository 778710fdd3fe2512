//! Forms: what may be set, how answers are judged, what a search finds.

mod answers;
mod schema;
mod search;

use careway_kernel::{Language, Violations};
use serde_json::{Map, Value, json};

use super::schema::Schema;

/// The same words in every language, told apart by its name.
fn words(text: &str) -> Value {
    let named =
        Language::ALL.map(|language| (language.as_str().to_owned(), format!("{text} {language}").into()));
    Value::Object(named.into_iter().collect())
}

fn object(value: Value) -> Map<String, Value> {
    let Value::Object(object) = value else { panic!("an object") };
    object
}

/// A schema, or what is wrong with it.
fn parse(schema: Value) -> Result<Schema, String> {
    let mut v = Violations::default();
    let parsed = v.within("schema", |v| Schema::parse(v, schema));
    parsed.ok_or_else(|| v.to_string())
}

/// A form as the platform has one: a choice, and a question that some choices need.
fn bookings() -> Schema {
    parse(json!({
        "type": "object",
        "properties": {
            "problem": {"type": "string", "enum": ["WRONG_TIME", "OTHER"], "x-title": words("problem"),
                "x-choices": {"WRONG_TIME": words("wrong time"), "OTHER": words("other")}},
            "bookingId": {"type": "string", "minLength": 1, "maxLength": 8, "x-title": words("booking"), "x-unknown": true},
            "email": {"type": "string", "format": "email", "x-title": words("mail")},
            "since": {"type": "string", "format": "date", "x-title": words("since")},
            "count": {"type": "integer", "minimum": 1, "x-title": words("count")},
        },
        "required": ["problem"],
        "if": {"properties": {"problem": {"const": "WRONG_TIME"}}, "required": ["problem"]},
        "then": {"required": ["bookingId"]},
    }))
    .unwrap()
}
