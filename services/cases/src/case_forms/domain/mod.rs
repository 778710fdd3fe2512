//! A form: a topic with its questions, of which each version stands for ever.

pub(crate) mod answers;
pub(crate) mod schema;
pub(crate) mod search;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use careway_kernel::Language;
use chrono::{DateTime, Utc};

use schema::Schema;

/// A text in some of the six languages.
pub(crate) type Texts = BTreeMap<Language, String>;

/// One version of a topic's form.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CaseForm {
    pub(crate) topic: String,
    pub(crate) version: i32,
    pub(crate) definition: Definition,
    pub(crate) created_at: DateTime<Utc>,
}

/// What a lead sets.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Definition {
    /// Its place among the forms, the lowest first.
    pub(crate) position: i32,
    /// Kept out of the list and of what a search finds.
    pub(crate) hidden: bool,
    /// In every language.
    pub(crate) titles: Texts,
    /// Words it is looked for by, beside those of title and questions.
    pub(crate) keywords: Texts,
    pub(crate) schema: Schema,
}

/// The form has a newer version than the one that was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The form has changed since: answer version {newest}.")]
pub(crate) struct FormOutdated {
    pub(crate) newest: i32,
}

impl FormOutdated {
    /// Refuses answers to another version than the newest.
    pub(crate) fn check(answered: i32, newest: i32) -> Result<(), Self> {
        if answered == newest { Ok(()) } else { Err(Self { newest }) }
    }
}

/// Not the name of a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 40 small letters, digits and hyphens, a letter first")]
pub(crate) struct InvalidTopic;

/// Reads a topic's stable name.
pub(crate) fn parse_topic(text: &str) -> Result<String, InvalidTopic> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let starts = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    if starts && text.len() <= 40 && text.bytes().all(fits) { Ok(text.to_owned()) } else { Err(InvalidTopic) }
}
