//! Names as they are searched: apostrophes are left out, hyphens part words as blanks do, and two words may be one.
//!
//! The index of a name is the function `name_words` of each database that keeps names: the words of the folded name, and each
//! run of two or three of them as one, between [`RUN`]s. `anne-marie keza` is found by `anne`, `marie`, `keza`, `=annemarie=`,
//! `=mariekeza=` and `=annemariekeza=`. A run is found whole: by their beginnings `Thu Yến` would be found by `thuy`.

use super::fold;

/// Stands before and after a run in the index.
const RUN: char = '=';
/// As many words may be written as one.
const LONGEST_RUN: usize = 3;
/// Words of a search that are looked at.
const WORDS: usize = 8;

/// What is asked for: of each word the beginnings of which the index of a name that has it has one. `anne marie` finds
/// `Annemarie`, and `annemarie` finds `Anne-Marie`.
#[must_use]
pub fn name_query(text: &str) -> Vec<Vec<String>> {
    let folded = fold(text).replace('\'', "");
    let words: Vec<&str> = folded.split([' ', '-']).filter(|word| !word.is_empty()).take(WORDS).collect();
    (0..words.len())
        .map(|at| {
            let runs = (2..=LONGEST_RUN).flat_map(|length| runs_with(&words, at, length));
            let word = words[at].to_owned();
            let whole = format!("{RUN}{word}{RUN}");
            [word, whole].into_iter().chain(runs).collect()
        })
        .collect()
}

/// The runs of so many words that one word is of.
fn runs_with<'a>(words: &'a [&str], at: usize, length: usize) -> impl Iterator<Item = String> + 'a {
    let first = (at + 1).saturating_sub(length);
    words.get(first..).unwrap_or_default().windows(length).take(at + 1 - first).map(<[&str]>::concat)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_asked_for_by_itself_and_as_one_with_its_neighbours() {
        assert_eq!(name_query(" - ’ "), Vec::<Vec<String>>::new());
        assert_eq!(name_query("N’Diaye"), [["ndiaye", "=ndiaye="]]);
        assert_eq!(
            name_query("Anne–Marie"),
            [["anne", "=anne=", "annemarie"], ["marie", "=marie=", "annemarie"]]
        );
        let of_b = &name_query("a b c d")[1];
        assert_eq!(of_b, &["b", "=b=", "ab", "bc", "abc", "bcd"]);
        assert_eq!(name_query(&"a ".repeat(20)).len(), WORDS);
    }

    #[test]
    fn which_apostrophe_does_not_matter() {
        for name in ["D´Souza", "d'souza", "D’SOUZA", "dʼsouza", "D`Souza", "dsouza"] {
            assert_eq!(name_query(name), [["dsouza", "=dsouza="]], "{name}");
        }
    }
}
