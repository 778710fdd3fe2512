//! The fixed phrases of an explanation of benefits, in every language people are written to in.

use std::{collections::HashMap, sync::LazyLock};

use careway_kernel::Language;

/// `key = text`, a line each.
const SOURCES: [(Language, &str); 6] = [
    (Language::Rw, include_str!("../../../phrases/claim.rw.txt")),
    (Language::En, include_str!("../../../phrases/claim.en.txt")),
    (Language::Fr, include_str!("../../../phrases/claim.fr.txt")),
    (Language::Vi, include_str!("../../../phrases/claim.vi.txt")),
    (Language::Ro, include_str!("../../../phrases/claim.ro.txt")),
    (Language::Bn, include_str!("../../../phrases/claim.bn.txt")),
];

static PHRASES: LazyLock<HashMap<(Language, &str), &str>> = LazyLock::new(|| {
    let of = |(language, source): (Language, &'static str)| {
        source
            .lines()
            .filter_map(|line| line.split_once(" = "))
            .map(move |(key, text)| ((language, key), text))
    };
    SOURCES.into_iter().flat_map(of).collect()
});

/// The phrase in a language; the key itself where there is none, which a test rules out.
pub(crate) fn phrase(language: Language, key: &str) -> String {
    PHRASES.get(&(language, key)).map_or_else(|| key.to_owned(), |text| (*text).to_owned())
}

/// The phrase with what stands in its braces.
pub(crate) fn filled(language: Language, key: &str, values: &[(&str, &str)]) -> String {
    values
        .iter()
        .fold(phrase(language, key), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{adjudication::CLAIM_REFUSALS, claims::domain::State};

    fn keys(language: Language) -> BTreeSet<&'static str> {
        PHRASES.keys().filter(|(of, _)| *of == language).map(|(_, key)| *key).collect()
    }

    fn blanks(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
    }

    #[test]
    fn every_language_has_every_phrase_with_the_same_blanks() {
        let english = keys(Language::En);
        for language in Language::ALL {
            assert_eq!(keys(language), english, "{language}");
            for key in &english {
                let (ours, theirs) = (phrase(language, key), phrase(Language::En, key));
                assert_eq!(blanks(&ours), blanks(&theirs), "{language} {key}");
                assert!(language == Language::En || ours != theirs, "{language} {key} is English");
            }
        }
    }

    #[test]
    fn every_state_and_every_group_of_refusals_has_its_phrase() {
        let known = keys(Language::En);
        for state in State::ALL.into_iter().filter(|state| state.is_decided()) {
            assert!(known.contains(format!("state.{}", state.as_str()).as_str()), "{state:?}");
        }
        for row in CLAIM_REFUSALS {
            assert!(known.contains(format!("group.{}", row.group.as_str()).as_str()), "{}", row.code);
        }
    }

    #[test]
    fn blanks_are_filled() {
        let said = filled(Language::Fr, "part.payer", &[("amount", "RWF 8,100")]);
        assert_eq!(said, "Votre assureur paie RWF 8,100.");
    }
}
