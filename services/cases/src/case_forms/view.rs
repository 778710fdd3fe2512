//! A case form between the domain and the contract.

use careway_contract::{cases::v1, types::v1::LocalizedText};
use careway_kernel::{Language, Violations, text::Line};
use careway_service::timestamp;

use super::domain::{CaseForm, Definition, Texts, schema::Schema};
use crate::json;

const LONGEST_TITLE: usize = 100;
const LONGEST_KEYWORDS: usize = 500;

/// The form in one language.
pub(super) fn case_form(form: &CaseForm, language: Language) -> v1::CaseForm {
    let definition = &form.definition;
    v1::CaseForm {
        topic: form.topic.clone(),
        title: definition.titles.get(&language).cloned().unwrap_or_default(),
        language: language.as_str().to_owned(),
        schema: Some(json::to_struct(&definition.schema.in_language(language))),
        version: form.version,
        created_at: Some(timestamp(form.created_at)),
        definition: None,
    }
}

/// The form in every language.
pub(super) fn definition(definition: &Definition) -> v1::CaseFormDefinition {
    v1::CaseFormDefinition {
        position: definition.position,
        hidden: definition.hidden,
        titles: texts(&definition.titles),
        keywords: texts(&definition.keywords),
        schema: Some(json::to_struct(definition.schema.document())),
    }
}

/// Reads a form as it is to be.
pub(super) fn parse_definition(v: &mut Violations, wire: v1::CaseFormDefinition) -> Option<Definition> {
    v.check("position", (0..=1000).contains(&wire.position), "must be 0 to 1,000");
    let titles = parse_texts::<LONGEST_TITLE>(v, "titles", &wire.titles);
    let every = titles.as_ref().is_none_or(|titles| titles.len() == Language::ALL.len());
    v.check("titles", every, "must be given in each of the six languages");
    let keywords = parse_texts::<LONGEST_KEYWORDS>(v, "keywords", &wire.keywords);
    let schema = v.present("schema", wire.schema);
    let schema = v.within("schema", |v| Schema::parse(v, json::of_struct(&schema?)));
    Some(Definition {
        position: wire.position,
        hidden: wire.hidden,
        titles: titles?,
        keywords: keywords?,
        schema: schema?,
    })
}

fn parse_texts<const LONGEST: usize>(
    v: &mut Violations,
    field: &str,
    wire: &[LocalizedText],
) -> Option<Texts> {
    let mut texts = Texts::new();
    let read = v.each(field, wire.iter().take(Language::ALL.len() + 1), |v, localized| {
        let language = v.required("language", localized.language.as_str(), Language::parse);
        let text = v.required("text", localized.text.as_str(), Line::<LONGEST>::parse);
        let (language, text) = (language?, text?);
        v.check("language", texts.insert(language, text.into()).is_none(), "must not be given twice");
        Some(())
    });
    read.map(|_| texts)
}

fn texts(texts: &Texts) -> Vec<LocalizedText> {
    let text = |(language, text): (&Language, &String)| LocalizedText {
        language: language.as_str().to_owned(),
        text: text.clone(),
    };
    texts.iter().map(text).collect()
}
