//! The OpenAPI document, by the routes of the contract.

use careway_gateway::Route;
use serde_json::Value;

/// The route's operation in the document, whose paths have the JSON names of their fields.
pub(crate) fn operation<'d>(document: &'d Value, route: &Route) -> &'d Value {
    let mut path = String::new();
    let mut underscore = false;
    for letter in route.path.chars() {
        match letter {
            '_' => underscore = true,
            letter if std::mem::take(&mut underscore) => path.push(letter.to_ascii_uppercase()),
            letter => path.push(letter),
        }
    }
    let operation = &document["paths"][&path][route.method.as_str().to_lowercase()];
    assert!(operation.is_object(), "{} {path} is not in the document", route.method);
    operation
}

/// The schema and the example of the JSON that the operation takes; null when it takes none.
pub(crate) fn body(operation: &Value) -> (&Value, &Value) {
    let json = &operation["requestBody"]["content"]["application/json"];
    (&json["schema"], &json["example"])
}

/// The schema itself, where it may be a reference.
pub(crate) fn resolved<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    match schema["$ref"].as_str().and_then(|target| target.strip_prefix('#')) {
        Some(pointer) => document.pointer(pointer).unwrap_or_else(|| panic!("{pointer} is nowhere")),
        None => schema,
    }
}
