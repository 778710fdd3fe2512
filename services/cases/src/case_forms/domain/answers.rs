//! Whether answers fit a form. Everything that is wrong is named at once, and nobody's words are repeated.

use careway_kernel::Violations;
use jsonschema::{
    ValidationError,
    error::{TypeKind, ValidationErrorKind},
    paths::LocationSegment,
};
use serde_json::{Map, Value};

use super::schema::{Schema, compile};

/// The answers of one case, in bytes of JSON.
const LONGEST: usize = 32 * 1024;
/// Keywords whose schemas speak of the same object as the one they stand in, and make it be refused.
const BESIDE: [&str; 3] = ["allOf", "anyOf", "oneOf"];
const CONDITIONAL: [&str; 2] = ["then", "else"];

/// Names everything that is wrong with the answers as `answers.<path>`, and with what is left open as `unknown`. An error
/// means that the form itself cannot be read.
pub(crate) fn check(
    v: &mut Violations,
    schema: &Schema,
    given: &Map<String, Value>,
    unknown: &[String],
) -> anyhow::Result<()> {
    let answers = Value::Object(given.clone());
    if serde_json::to_vec(&answers)?.len() > LONGEST {
        v.add("answers", format!("must be at most {LONGEST} bytes of JSON"));
        return Ok(());
    }
    for name in given.keys().filter(|name| schema.questions().all(|(known, _)| known != name.as_str())) {
        v.add(&format!("answers.{}", shown(name)), "is no question of this form");
    }
    for name in unknown {
        v.check("unknown", schema.may_be_unknown(name), format!("{} may not be left open", shown(name)));
        v.check("unknown", !given.contains_key(name), format!("{} is answered", shown(name)));
    }
    let lenient = without_required(&Value::Object(schema.document().clone()), unknown);
    let validator =
        compile(&lenient).map_err(|error| anyhow::anyhow!("a form's schema: {}", error.masked()))?;
    for error in validator.iter_errors(&answers) {
        let (field, message) = told(&error);
        // A conditional question may be asked for by several conditions.
        if !v.iter().any(|known| known.field == field && known.message == message) {
            v.add(&field, message);
        }
    }
    Ok(())
}

/// The schema for somebody who does not know these: they are required nowhere. Conditions stay as they are.
fn without_required(schema: &Value, unknown: &[String]) -> Value {
    let Value::Object(object) = schema else { return schema.clone() };
    let is_unknown =
        |name: &Value| name.as_str().is_some_and(|name| unknown.iter().any(|known| known == name));
    let beside = |inner: &Value| match inner {
        Value::Array(schemas) => schemas.iter().map(|schema| without_required(schema, unknown)).collect(),
        other => other.clone(),
    };
    let known = |required: &Value| match required {
        Value::Array(names) => names.iter().filter(|name| !is_unknown(name)).cloned().collect(),
        other => other.clone(),
    };
    let by_name = |inner: &Value, change: &dyn Fn(&Value) -> Value| match inner {
        Value::Object(inner) => {
            Value::Object(inner.iter().map(|(name, inner)| (name.clone(), change(inner))).collect())
        }
        other => other.clone(),
    };
    let changed = object.iter().map(|(keyword, inner)| {
        let inner = match keyword.as_str() {
            "required" => known(inner),
            "dependentRequired" => by_name(inner, &known),
            "dependentSchemas" => by_name(inner, &|inner| without_required(inner, unknown)),
            keyword if BESIDE.contains(&keyword) => beside(inner),
            keyword if CONDITIONAL.contains(&keyword) => without_required(inner, unknown),
            _ => inner.clone(),
        };
        (keyword.clone(), inner)
    });
    Value::Object(changed.collect())
}

/// A name that somebody sent, as far as it is fit to be repeated.
fn shown(name: &str) -> String {
    name.chars().filter(|char| char.is_alphanumeric()).take(64).collect()
}

fn told(error: &ValidationError<'_>) -> (String, String) {
    use ValidationErrorKind as Kind;
    let field = field_of(error);
    let message = match error.kind() {
        Kind::Required { property } => {
            let property = property.as_str().unwrap_or_default();
            return (format!("{field}.{property}"), "is required".to_owned());
        }
        Kind::Enum { options } => format!("must be one of {}", listed(options)),
        Kind::Constant { expected_value } => format!("must be {expected_value}"),
        Kind::Type { kind: TypeKind::Single(kind) } => format!("must be of type {kind}"),
        Kind::Format { format } => format!("must have the form of {format}"),
        Kind::Pattern { .. } => "must have the form that the question asks for".to_owned(),
        Kind::MaxLength { limit } => format!("must be at most {limit} characters"),
        Kind::MinLength { limit } => format!("must be at least {limit} characters"),
        Kind::Maximum { limit } => format!("must be at most {limit}"),
        Kind::Minimum { limit } => format!("must be at least {limit}"),
        Kind::MaxItems { limit } => format!("must be at most {limit} items"),
        Kind::MinItems { limit } => format!("must be at least {limit} items"),
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => return alternatives(field, context),
        _ => format!("must be otherwise: {}", error.masked()),
    };
    (field, message)
}

/// One of several questions, mostly: what each alternative lacks is named.
fn alternatives(field: String, context: &[Vec<ValidationError<'static>>]) -> (String, String) {
    let lacking = context.iter().flatten().filter_map(|error| match error.kind() {
        ValidationErrorKind::Required { property } => property.as_str(),
        _ => None,
    });
    let lacking: Vec<_> = lacking.collect();
    if lacking.is_empty() {
        return (field, "must be one of what the form allows".to_owned());
    }
    (field, format!("must have one of {}", lacking.join(", ")))
}

fn listed(options: &Value) -> String {
    let word = |option: &Value| option.as_str().map_or_else(|| option.to_string(), str::to_owned);
    options.as_array().into_iter().flatten().map(word).collect::<Vec<_>>().join(", ")
}

fn field_of(error: &ValidationError<'_>) -> String {
    let mut field = "answers".to_owned();
    for segment in error.instance_path() {
        match segment {
            LocationSegment::Property(name) => {
                field.push('.');
                field.push_str(&shown(&name));
            }
            LocationSegment::Index(at) => field.push_str(&format!("[{at}]")),
        }
    }
    field
}
