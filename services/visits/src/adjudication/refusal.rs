//! Why a line, or a part of it, is not paid: one of the catalogue's reasons, and the facts of the case.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub(crate) use super::reason::Refusal;
use super::reason::{Bearer, ClaimRefusal};
use super::{amounts::Share, catalogue::CLAIM_REFUSALS};

/// Not a code of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a code of the catalogue of refusals such as MNEC-001")]
pub(crate) struct UnknownRefusal;

/// A reason, and what of the case a person needs to understand it. Nothing clinical is among the facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refused {
    pub(crate) refusal: Refusal,
    pub(crate) facts: BTreeMap<String, String>,
}

/// The fact that holds a reviewer's own words.
const NOTE: &str = "note";

impl Refusal {
    /// Reads a code.
    pub(crate) fn parse(code: &str) -> Result<Self, UnknownRefusal> {
        CLAIM_REFUSALS.iter().find(|row| row.code == code).map(|row| row.refusal).ok_or(UnknownRefusal)
    }

    /// Its row of the catalogue.
    pub(crate) fn entry(self) -> &'static ClaimRefusal {
        &CLAIM_REFUSALS[self as usize]
    }

    pub(crate) fn code(self) -> &'static str {
        self.entry().code
    }

    /// Where the money goes that is refused for it.
    pub(super) fn share(self) -> Share {
        match self.entry().borne_by {
            Bearer::Facility => Share::WriteOff,
            Bearer::Patient => Share::NotCovered,
        }
    }
}

impl Refused {
    pub(crate) fn new(refusal: Refusal) -> Self {
        Self { refusal, facts: BTreeMap::new() }
    }

    pub(crate) fn with(mut self, fact: &str, value: impl ToString) -> Self {
        self.facts.insert(fact.to_owned(), value.to_string());
        self
    }

    /// With a reviewer's own words, if there are any.
    pub(super) fn noted(self, words: &str) -> Self {
        if words.is_empty() { self } else { self.with(NOTE, words) }
    }

    /// A reviewer's own words.
    pub(crate) fn note(&self) -> Option<&str> {
        self.facts.get(NOTE).map(String::as_str)
    }

    /// For a person: the catalogue's text, its detail where the facts are known, and the reviewer's own words.
    pub(crate) fn text(&self) -> String {
        let entry = self.refusal.entry();
        let mut detail = entry.detail.to_owned();
        for (fact, value) in &self.facts {
            detail = detail.replace(&format!("{{{fact}}}"), value);
        }
        let mut text = entry.text.to_owned();
        let detail = (!detail.is_empty() && !detail.contains('{')).then_some(detail.as_str());
        for more in detail.into_iter().chain(self.note()) {
            text.push(' ');
            text.push_str(more);
        }
        text
    }
}

impl TryFrom<String> for Refusal {
    type Error = UnknownRefusal;

    fn try_from(code: String) -> Result<Self, UnknownRefusal> {
        Self::parse(&code)
    }
}

impl From<Refusal> for &'static str {
    fn from(refusal: Refusal) -> Self {
        refusal.code()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_reason_has_its_row_and_every_code_its_group() {
        for (at, row) in CLAIM_REFUSALS.iter().enumerate() {
            assert_eq!(row.refusal as usize, at, "{}", row.code);
            assert_eq!(Refusal::parse(row.code), Ok(row.refusal));
            let number = row.code.strip_prefix(row.group.prefix()).and_then(|it| it.strip_prefix('-'));
            assert!(
                number.is_some_and(|it| it.len() == 3 && it.bytes().all(|byte| byte.is_ascii_digit())),
                "{}",
                row.code
            );
            assert!(row.text.ends_with('.') && !row.title.ends_with('.'), "{}", row.code);
        }
        assert_eq!(CLAIM_REFUSALS.len(), Refusal::TooSoon as usize + 1);
        let codes: BTreeSet<_> = CLAIM_REFUSALS.iter().map(|row| row.code).collect();
        assert_eq!(codes.len(), CLAIM_REFUSALS.len());
        assert_eq!(Refusal::parse("AUTH-999"), Err(UnknownRefusal));
    }

    #[test]
    fn a_refusal_is_told_with_what_is_known_of_the_case() {
        let waiting = Refused::new(Refusal::WaitingPeriod);
        assert!(!waiting.text().contains("2026"));
        assert!(waiting.with("until", "2026-03-01").text().ends_with("It is covered from 2026-03-01."));
        let noted = Refused::new(Refusal::NotNecessary).noted("A scan was done last week.");
        assert!(noted.text().ends_with(" A scan was done last week."));
    }

    #[test]
    fn a_refusal_is_kept_by_its_code() {
        let refused = Refused::new(Refusal::NoApproval);
        let json = serde_json::to_value(&refused).unwrap();
        assert_eq!(json, serde_json::json!({ "refusal": "AUTH-001", "facts": {} }));
        assert_eq!(serde_json::from_value::<Refused>(json).unwrap(), refused);
    }
}
