//! A form's questions: JSON Schema 2020-12 as far as a form needs it, with the words of every question in six languages.
//! What would make the check of an answer unbounded, or reach beyond the document, is no schema of a form.

use careway_kernel::{Language, Violations, text::Line};
use jsonschema::{PatternOptions, Validator};
use serde_json::{Map, Value};

/// The words of a question, by language. People read them as `title`.
const TITLE: &str = "x-title";
/// What the values of an `enum` are called: words by language, by value.
const CHOICES: &str = "x-choices";
/// The question may be left open by who does not know the answer.
const UNKNOWN: &str = "x-unknown";

/// JSON text, in bytes.
const LONGEST: usize = 64 * 1024;
const DEEPEST: usize = 16;
const MOST_QUESTIONS: usize = 50;
const LONGEST_TITLE: usize = 300;
/// A compiled pattern, in bytes: some hundred characters of a name or a number.
const PATTERN_SIZE: usize = 256 * 1024;
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
/// A reference reaches other places, a form only its own; it also makes small documents costly.
const REFERENCES: [&str; 7] =
    ["$ref", "$dynamicRef", "$recursiveRef", "$id", "$anchor", "$dynamicAnchor", "$vocabulary"];

/// A schema that a form may have.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Schema(Map<String, Value>);

impl Schema {
    /// Reads a schema and names everything that is wrong with it.
    pub(crate) fn parse(v: &mut Violations, schema: Value) -> Option<Self> {
        if serde_json::to_vec(&schema).map_or(LONGEST, |text| text.len()) >= LONGEST
            || depth(&schema) > DEEPEST
        {
            v.add("", format!("must be at most {LONGEST} bytes of JSON, {DEEPEST} deep"));
            return None;
        }
        let before = v.iter().count();
        check_keywords(v, &schema);
        check_questions(v, &schema);
        for error in jsonschema::draft202012::meta::validator().iter_errors(&schema) {
            let at = error.instance_path().as_str().to_owned();
            v.add("", format!("{at} is not JSON Schema: {}", error.masked()));
        }
        if v.iter().count() == before
            && let Err(error) = compile(&schema)
        {
            v.add("", format!("{} cannot be checked: {}", error.instance_path().as_str(), error.masked()));
        }
        let Value::Object(document) = schema else { return None };
        (v.iter().count() == before).then_some(Self(document))
    }

    /// A schema that was read by [`Schema::parse`] before.
    pub(crate) fn kept(document: Map<String, Value>) -> Self {
        Self(document)
    }

    /// The document, in every language.
    pub(crate) fn document(&self) -> &Map<String, Value> {
        &self.0
    }

    /// The questions by name.
    pub(super) fn questions(&self) -> impl Iterator<Item = (&str, &Value)> {
        questions(&self.0).map(|(name, question)| (name.as_str(), question))
    }

    /// Whether this question may be left open.
    pub(super) fn may_be_unknown(&self, name: &str) -> bool {
        self.questions().any(|(known, question)| known == name && question[UNKNOWN] == Value::Bool(true))
    }

    /// The document with its words in one language.
    pub(crate) fn in_language(&self, language: Language) -> Map<String, Value> {
        match worded(&Value::Object(self.0.clone()), language) {
            Value::Object(document) => document,
            _ => Map::new(),
        }
    }

    /// All words of the questions, in every language.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        let titles = self.questions().filter_map(|(_, question)| question[TITLE].as_object());
        titles.flat_map(|titles| titles.values()).filter_map(Value::as_str)
    }
}

/// A validator that knows formats, and whose patterns take time in proportion to the text they read.
pub(super) fn compile(schema: &Value) -> Result<Validator, jsonschema::ValidationError<'static>> {
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .should_ignore_unknown_formats(false)
        .with_pattern_options(PatternOptions::regex().size_limit(PATTERN_SIZE).dfa_size_limit(PATTERN_SIZE))
        .offline()
        .build(schema)
}

fn questions(document: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    document.get("properties").and_then(Value::as_object).into_iter().flatten()
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or_default(),
        Value::Object(object) => 1 + object.values().map(depth).max().unwrap_or_default(),
        _ => 1,
    }
}

fn check_keywords(v: &mut Violations, value: &Value) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| check_keywords(v, item)),
        Value::Object(object) => {
            for (name, inner) in object {
                v.check("", !REFERENCES.contains(&name.as_str()), format!("must have no {name}"));
                if name == TITLE {
                    v.check(
                        "",
                        is_worded(inner),
                        format!("{TITLE} must be a text in each of the six languages"),
                    );
                }
                if name == CHOICES {
                    let worded = inner.as_object().is_some_and(|choices| choices.values().all(is_worded));
                    v.check("", worded, format!("{CHOICES} must name each value in the six languages"));
                }
                check_keywords(v, inner);
            }
        }
        _ => {}
    }
}

fn check_questions(v: &mut Violations, schema: &Value) {
    let dialect = schema.get("$schema").is_none_or(|dialect| dialect == DIALECT);
    v.check("", dialect, format!("$schema must be {DIALECT}"));
    v.check("", schema["type"] == "object", "type must be object");
    let Some(document) = schema.as_object() else { return };
    v.check(
        "",
        questions(document).count() <= MOST_QUESTIONS,
        format!("must ask at most {MOST_QUESTIONS} questions"),
    );
    for (name, question) in questions(document) {
        v.check(
            "",
            is_name(name),
            "properties must be named by a small letter, then letters and digits, 64 at most",
        );
        v.check("", question.get(TITLE).is_some(), format!("properties.{name} must have {TITLE}"));
        let unknown = question.get(UNKNOWN).is_none_or(Value::is_boolean);
        v.check("", unknown, format!("properties.{name}: {UNKNOWN} must be true or false"));
    }
}

fn is_name(name: &str) -> bool {
    name.len() <= 64
        && name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_worded(value: &Value) -> bool {
    let fits = |language: Language| {
        let text = value.get(language.as_str()).and_then(Value::as_str);
        let text = text.and_then(|text| Line::<LONGEST_TITLE>::parse(text).ok());
        text.is_some_and(|text| !text.as_str().is_empty())
    };
    Language::ALL.into_iter().all(fits)
        && value.as_object().is_some_and(|texts| texts.len() == Language::ALL.len())
}

fn worded(value: &Value, language: Language) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| worded(item, language)).collect(),
        Value::Object(object) => object
            .iter()
            .map(|(name, inner)| match name.as_str() {
                TITLE => ("title".to_owned(), inner[language.as_str()].clone()),
                CHOICES => (name.clone(), named(inner, language)),
                _ => (name.clone(), worded(inner, language)),
            })
            .collect::<Map<_, _>>()
            .into(),
        _ => value.clone(),
    }
}

fn named(choices: &Value, language: Language) -> Value {
    let choices = choices.as_object().into_iter().flatten();
    let texts = choices.map(|(value, texts)| (value.clone(), texts[language.as_str()].clone()));
    Value::Object(texts.collect())
}
