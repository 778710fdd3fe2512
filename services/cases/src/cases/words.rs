//! What requests say of a case, read.

use careway_contract::cases::v1 as proto;
use careway_kernel::{
    Redacted, Violations,
    text::{Line, Text},
};
use prost_types::Struct;

use super::domain::{Answers, Identifier};
use crate::json;

/// A case concerns so many things elsewhere at most.
const MOST_IDENTIFIERS: usize = 20;
/// So many questions at most are left open.
const MOST_UNKNOWN: usize = 100;

/// What is said: it must be there.
pub(super) fn body(v: &mut Violations, field: &str, text: &str) -> Option<Redacted> {
    v.required(field, text, Text::<65_535>::parse).map(|text| Redacted::new(text.as_str()))
}

/// What a case is about.
pub(super) fn subject(v: &mut Violations, text: &str) -> Option<Redacted> {
    v.required("subject", text, Line::<200>::parse).map(|text| Redacted::new(text.as_str()))
}

/// A case's id in another system.
pub(super) fn external_id(v: &mut Violations, text: &str) -> Option<Option<String>> {
    let line = v.optional("externalId", text, Line::<100>::parse)?;
    Some(line.map(|line| line.as_str().to_owned()))
}

/// A topic's name.
pub(super) fn topic(v: &mut Violations, text: &str) -> Option<String> {
    v.required("topic", text, Line::<60>::parse).map(|line| line.as_str().to_owned())
}

/// What a case concerns elsewhere.
pub(super) fn identifiers(v: &mut Violations, given: &[proto::CaseIdentifier]) -> Option<Vec<Identifier>> {
    v.check("identifiers", given.len() <= MOST_IDENTIFIERS, "must be 20 at most");
    v.each("identifiers", given, |v, one| {
        let name = v.required("name", one.name.as_str(), Line::<60>::parse);
        let value = v.required("value", one.value.as_str(), Line::<100>::parse);
        let (name, value) = (name?, value?);
        Some(Identifier { name: name.as_str().to_owned(), value: value.as_str().to_owned() })
    })
}

/// What was answered of the form's questions.
pub(super) fn answers(v: &mut Violations, given: Option<&Struct>, unknown: &[String]) -> Option<Answers> {
    v.check("unknown", unknown.len() <= MOST_UNKNOWN, "must be 100 at most");
    let unknown = v.each("unknown", unknown, |v, name| {
        v.required("", name.as_str(), Line::<100>::parse).map(|line| line.as_str().to_owned())
    })?;
    let given = given.map(|answers| Redacted::new(json::of_struct(answers).to_string()));
    Some(Answers { given, unknown })
}
