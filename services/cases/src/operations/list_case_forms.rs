//! List the case forms: every topic with its questions, in the language asked for or else in English.

use careway_contract::cases::v1::{CaseForm, ListCaseFormsRequest, ListCaseFormsResponse};
use careway_kernel::{Language, Violations};
use careway_service::{Call, Result};
use prost_types::{ListValue, Struct, Value, value::Kind};

use crate::{App, store};

pub(crate) async fn list_case_forms(
    app: &App,
    call: &Call,
    request: ListCaseFormsRequest,
) -> Result<ListCaseFormsResponse> {
    let mut violations = Violations::default();
    let language = match request.language.as_str() {
        "" => Some(Language::En),
        text => violations.field("language", Language::parse(text)),
    };
    violations.finish()?;

    let mut reader = app.db().read(call).await?;
    let forms = store::case_form::list(&mut reader, language.unwrap_or(Language::En).as_str()).await?;
    Ok(ListCaseFormsResponse { case_forms: forms.into_iter().map(to_message).collect() })
}

fn to_message(form: store::case_form::Form) -> CaseForm {
    CaseForm {
        topic: form.topic,
        title: form.title,
        language: form.language,
        schema: form.schema.as_object().map(to_struct),
    }
}

fn to_struct(object: &serde_json::Map<String, serde_json::Value>) -> Struct {
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
