//! JSON objects, as the contract carries them and as they are kept.

use prost_types::{ListValue, Struct, Value, value::Kind};
use serde_json::{Map, Number};

/// An object as the contract carries it.
pub(crate) fn to_struct(object: &Map<String, serde_json::Value>) -> Struct {
    Struct { fields: object.iter().map(|(name, value)| (name.clone(), to_value(value))).collect() }
}

fn to_value(value: &serde_json::Value) -> Value {
    let kind = match value {
        serde_json::Value::Null => Kind::NullValue(0),
        serde_json::Value::Bool(flag) => Kind::BoolValue(*flag),
        serde_json::Value::Number(number) => Kind::NumberValue(number.as_f64().unwrap_or_default()),
        serde_json::Value::String(text) => Kind::StringValue(text.clone()),
        serde_json::Value::Array(values) => {
            Kind::ListValue(ListValue { values: values.iter().map(to_value).collect() })
        }
        serde_json::Value::Object(object) => Kind::StructValue(to_struct(object)),
    };
    Value { kind: Some(kind) }
}

/// The object that the contract carries.
pub(crate) fn of_struct(object: &Struct) -> serde_json::Value {
    object.fields.iter().map(|(name, value)| (name.clone(), of_value(value))).collect()
}

fn of_value(value: &Value) -> serde_json::Value {
    match &value.kind {
        None | Some(Kind::NullValue(_)) => serde_json::Value::Null,
        Some(Kind::BoolValue(flag)) => serde_json::Value::Bool(*flag),
        Some(Kind::NumberValue(number)) => of_number(*number),
        Some(Kind::StringValue(text)) => serde_json::Value::String(text.clone()),
        Some(Kind::ListValue(list)) => list.values.iter().map(of_value).collect(),
        Some(Kind::StructValue(object)) => of_struct(object),
    }
}

/// Whole numbers stay whole: a schema that wants an integer takes no `1.0`.
fn of_number(number: f64) -> serde_json::Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "it has no fraction and is in range")]
        return serde_json::Value::Number((number as i64).into());
    }
    Number::from_f64(number).map_or(serde_json::Value::Null, serde_json::Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_comes_back_as_it_was() {
        let object = serde_json::json!({
            "a": 1, "b": -2.5, "c": null, "d": [true, "তারিখ", {"e": []}], "f": 1e300
        });
        assert_eq!(of_struct(&to_struct(object.as_object().unwrap())), object);
    }
}
