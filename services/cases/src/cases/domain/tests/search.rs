//! What a text is found by: the vectors of `search.jsonl`, and words at their edges.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::cases::domain::search::{key, query, words};

/// The number of the case that the vectors speak of.
const NUMBER: &str = "S26-0000017-90";

/// Whether a text is found by a question, as Postgres finds it: every word of the question is one of the text, in some form.
fn finds(text: &str, question: &str) -> bool {
    let (words, asked) = (words(text), query(question));
    let has =
        |forms: &Vec<Vec<String>>| forms.iter().any(|form| form.iter().all(|part| words.contains(part)));
    !asked.is_empty() && asked.iter().all(has)
}

#[test]
fn every_search_of_the_vectors_finds_what_it_should() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/cases/search.jsonl");
    let file = std::fs::read_to_string(path).unwrap().replace("{{number K1}}", NUMBER);
    let mut asked = 0;
    for row in file.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let texts = row["texts"].as_object().unwrap();
        for wanted in row["queries"].as_array().unwrap() {
            let question = wanted["q"].as_str().unwrap();
            let named = |name: &str| {
                let names = wanted[name].as_array()?;
                Some(names.iter().filter_map(|it| Some(it.as_str()?.to_owned())).collect::<BTreeSet<_>>())
            };
            let found = texts.iter().filter(|(_, text)| finds(text.as_str().unwrap(), question));
            let found: BTreeSet<_> = found.map(|(name, _)| name.clone()).collect();
            if let Some(finds) = named("finds") {
                assert_eq!(found, finds, "{} {question}", row["id"]);
            }
            if let Some(may) = named("mayFind") {
                assert!(found.is_subset(&may), "{} {question}", row["id"]);
            }
            asked += 1;
        }
    }
    assert!(asked >= 12, "the vectors were read: {asked}");
}

#[test]
fn an_identifier_is_found_whole_by_its_key() {
    assert_eq!(key("  BD-Shondhan-77 "), key("bd-shondhan-77"));
    assert_ne!(key("BD-SHONDHAN-7"), key("BD-SHONDHAN-77"));
}

#[test]
fn which_apostrophe_or_hyphen_does_not_matter_and_nor_does_none() {
    for (text, question) in [
        ("from N’Diaye", "N'Diaye"),
        ("from N'Diaye", "ndiaye"),
        ("from NDiaye", "n’diaye"),
        ("Anne–Marie called", "anne-marie"),
        ("Anne-Marie called", "annemarie"),
        ("Anne Marie called", "anne-marie"),
        ("Anne-Marie called", "marie"),
        ("case S26\u{2011}0000017\u{2011}90", NUMBER),
    ] {
        assert!(finds(text, question), "{text} by {question}");
    }
    assert!(!finds("BDSHONDHAN77", "BD-SHONDHAN-77"), "a number is found as it stands");
    assert_eq!(key("BD\u{2013}77"), key("bd-77"));
}

#[test]
fn signs_around_a_word_are_none_of_it() {
    assert!(finds("He said: \u{201c}slots!\u{201d} (twice)", "slots twice"));
    assert!(
        finds("see https://careway.example/help?id=7.", "careway help"),
        "a part of what is put together"
    );
    assert!(query("?! —").is_empty());
    assert!(words(&"x".repeat(300)).is_empty(), "nobody's word");
}
