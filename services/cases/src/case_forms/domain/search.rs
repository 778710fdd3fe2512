//! How can we help? Which forms somebody's words speak of, in whatever language, and which the most.

use careway_kernel::text::{fold, is_joint};

use super::CaseForm;

/// How much a word counts by where it stands.
const TITLE: u32 = 6;
const KEYWORD: u32 = 4;
const QUESTION: u32 = 2;
/// From how many letters a shorter word is the stem of a longer one.
const STEM: usize = 4;
/// One word is this many small parts, so that it can be shared by forms without fractions.
const WHOLE: u32 = 2520;

/// Without words every form that is shown, in its order. With words those that have some of them: a form with a word that few
/// forms have, in its title, first.
pub(crate) fn find(forms: Vec<CaseForm>, words: &str) -> Vec<CaseForm> {
    let mut shown: Vec<CaseForm> = forms.into_iter().filter(|form| !form.definition.hidden).collect();
    shown.sort_by(|a, b| (a.definition.position, &a.topic).cmp(&(b.definition.position, &b.topic)));
    let asked: Vec<String> = words_of(words).collect();
    if asked.is_empty() {
        return shown;
    }
    let indexes: Vec<Vec<(String, u32)>> = shown.iter().map(index).collect();
    let mut scores = vec![0; shown.len()];
    for word in &asked {
        let weights: Vec<u32> = indexes.iter().map(|index| weight(index, word)).collect();
        let sharing = u32::try_from(weights.iter().filter(|weight| **weight > 0).count()).unwrap_or(u32::MAX);
        for (score, weight) in scores.iter_mut().zip(weights) {
            *score += weight * WHOLE / sharing.max(1);
        }
    }
    let mut found: Vec<_> = scores.into_iter().zip(shown).filter(|(score, _)| *score > 0).collect();
    // Equals stay in the order of the forms.
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    found.into_iter().map(|(_, form)| form).collect()
}

fn index(form: &CaseForm) -> Vec<(String, u32)> {
    let definition = &form.definition;
    let titles = definition.titles.values().map(|text| (text.as_str(), TITLE));
    let keywords = definition.keywords.values().map(|text| (text.as_str(), KEYWORD));
    let questions = definition.schema.words().map(|text| (text, QUESTION));
    let topic = std::iter::once((form.topic.as_str(), TITLE));
    let texts = topic.chain(titles).chain(keywords).chain(questions);
    texts.flat_map(|(text, weight)| words_of(text).map(move |word| (word, weight))).collect()
}

/// The most that a form gives for a word that somebody typed, perhaps not to its end, perhaps with an ending of its own.
fn weight(index: &[(String, u32)], asked: &str) -> u32 {
    let is_stem = |word: &str| word.chars().nth(STEM - 1).is_some() && asked.starts_with(word);
    let matching = index.iter().filter(|(word, _)| word.starts_with(asked) || is_stem(word));
    matching.map(|(_, weight)| *weight).max().unwrap_or_default()
}

/// The words of a text, folded; what a hyphen or an apostrophe puts together is one word, and its parts are words, too. A letter
/// alone is none: it begins too many.
fn words_of(text: &str) -> impl Iterator<Item = String> {
    let parts = |char: char| {
        char.is_whitespace() || char.is_ascii_punctuation() && !is_joint(char) || "।¿“”«»…".contains(char)
    };
    let mut words = Vec::new();
    for word in fold(text).split(parts) {
        words.push(word.replace(is_joint, ""));
        words.extend(word.split(is_joint).filter(|part| part.len() < word.len()).map(str::to_owned));
    }
    words.into_iter().filter(|word| word.chars().nth(1).is_some())
}
