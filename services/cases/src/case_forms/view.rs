//! A case form as the contract shows it.

use careway_contract::cases::v1;
use prost_types::{ListValue, Struct, Value, value::Kind};

use super::store::CaseForm;

pub(super) fn case_form(form: CaseForm) -> v1::CaseForm {
    v1::CaseForm {
        topic: form.topic,
        title: form.title,
        language: form.language,
        schema: form.schema.as_object().map(json_object),
    }
}

fn json_object(object: &serde_json::Map<String, serde_json::Value>) -> Struct {
    Struct { fields: object.iter().map(|(name, value)| (name.clone(), json_value(value))).collect() }
}

fn json_value(value: &serde_json::Value) -> Value {
    let kind = match value {
        serde_json::Value::Null => Kind::NullValue(0),
        serde_json::Value::Bool(flag) => Kind::BoolValue(*flag),
        serde_json::Value::Number(number) => Kind::NumberValue(number.as_f64().unwrap_or_default()),
        serde_json::Value::String(text) => Kind::StringValue(text.clone()),
        serde_json::Value::Array(values) => {
            Kind::ListValue(ListValue { values: values.iter().map(json_value).collect() })
        }
        serde_json::Value::Object(object) => Kind::StructValue(json_object(object)),
    };
    Value { kind: Some(kind) }
}
