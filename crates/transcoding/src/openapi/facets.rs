//! What the contract says of a field's values beside their type, as JSON Schema.

use serde_json::{Value, json};

use crate::schema::{Arity, Field, Kind};

/// Says it in the field's schema. A schema that is a reference has nothing to say.
pub(super) fn add(field: &Field, schema: &mut Value) {
    let is_list = field.arity == Arity::List;
    let one = if is_list { &mut schema["items"] } else { &mut *schema };
    if matches!(field.kind, Kind::String) {
        if let Some(format) = format(field) {
            one["format"] = format.into();
        }
        if let Some(pattern) = &field.facets.pattern {
            one["pattern"] = pattern.as_str().into();
        }
    }
    let (least, most) = (least(field), field.facets.most);
    let [lower, upper] = match (&field.kind, is_list) {
        (_, true) => ["minItems", "maxItems"],
        (Kind::String, false) => ["minLength", "maxLength"],
        (Kind::Message(_) | Kind::Enum(_) | Kind::Bool | Kind::Bytes | Kind::Raw, false) => return,
        (_, false) => ["minimum", "maximum"],
    };
    for (name, bound) in [(lower, least), (upper, most)] {
        if let Some(bound) = bound {
            schema[name] = bound.into();
        }
    }
}

/// A text that names something by its identifier is a UUID unless the contract says otherwise.
pub(super) fn format(field: &Field) -> Option<&str> {
    let is_id = field.name.ends_with("_id") || field.name.ends_with("_ids");
    match &field.facets.format {
        Some(format) => Some(format.as_str()).filter(|format| *format != "text"),
        None => Some("uuid").filter(|_| is_id),
    }
}

/// What must be given is not empty; how long a page is to be is no negative number (AIP-158).
fn least(field: &Field) -> Option<i64> {
    let is_counted = matches!(field.kind, Kind::String) || field.arity == Arity::List;
    match field.facets.least {
        Some(least) => Some(least),
        None if field.required && is_counted => Some(1),
        None if &*field.name == "page_size" => Some(0),
        None => None,
    }
}

/// A value that the text may have.
pub(super) fn sample(field: &Field) -> Value {
    match format(field) {
        Some("uuid") => json!("0198c0de-5a5e-7b1f-8a51-2f6f0f9b3c11"),
        Some("date") => json!("2026-03-02"),
        _ => json!("text"),
    }
}
