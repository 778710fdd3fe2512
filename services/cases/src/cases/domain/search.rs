//! The words that a text is found by. Postgres' own parser is not asked: it splits `S26-0000017-90` in three, and Bengali words
//! at their vowel signs.

use std::collections::BTreeSet;

use careway_kernel::text::{fold, is_joint};

/// So much of a text is searched.
const LONGEST_TEXT: usize = 64 * 1024;
/// A lexeme may have 2 KB; longer ones are nobody's words.
const LONGEST_WORD: usize = 255;

/// The words of a text, folded: each as it stands, and its parts where it is put together, like a number or an address; a name
/// put together is found as one, too.
pub(crate) fn words(text: &str) -> BTreeSet<String> {
    let folded = fold(beginning(text));
    let mut words = BTreeSet::new();
    for word in folded.split(' ').filter_map(trimmed) {
        words.extend(
            word.split(|char| !is_letter(char))
                .filter(|part| !part.is_empty())
                .filter(fits)
                .map(str::to_owned),
        );
        words.extend(joined(word));
        words.extend(Some(word).filter(fits).map(str::to_owned));
    }
    words
}

/// What is asked for: every word of it, each as it stands, or as one where it is put together, or by its parts. Nothing when it
/// has none.
pub(crate) fn query(text: &str) -> Vec<Vec<Vec<String>>> {
    let folded = fold(beginning(text));
    let words: BTreeSet<&str> = folded.split(' ').filter_map(trimmed).filter(fits).collect();
    let forms = |word: &str| match joined(word) {
        Some(joined) => {
            vec![vec![word.to_owned()], vec![joined], word.split(is_joint).map(str::to_owned).collect()]
        }
        None => vec![vec![word.to_owned()]],
    };
    words.into_iter().map(forms).collect()
}

/// A name as one word whose parts a hyphen or an apostrophe joins: `Anne-Marie`, `N’Diaye`. With digits it is a number, which is
/// found as it stands.
fn joined(word: &str) -> Option<String> {
    let is_name = word.contains(is_joint)
        && !word.chars().any(char::is_numeric)
        && word.split(is_joint).all(|part| !part.is_empty() && part.chars().all(is_letter));
    (is_name && word.len() <= LONGEST_WORD).then(|| word.replace(is_joint, ""))
}

/// The key of an identifier, which is found whole.
pub(crate) fn key(value: &str) -> String {
    fold(value)
}

fn beginning(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST_TEXT)]
}

/// A word without the signs around it.
fn trimmed(word: &str) -> Option<&str> {
    Some(word.trim_matches(|char| !is_letter(char))).filter(|word| !word.is_empty())
}

fn fits(word: &&str) -> bool {
    word.len() <= LONGEST_WORD
}

/// Letters, digits, and the signs that make other letters of them: Bengali's vowel signs, its virama and nukta are none by
/// themselves.
fn is_letter(char: char) -> bool {
    char.is_alphanumeric() || unicode_normalization::char::is_combining_mark(char)
}
