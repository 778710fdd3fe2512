//! Foldings.

use super::{
    super::words::{flowed, folding::fold, html_text},
    placeholders::filled,
    trimmed, vectors,
};

#[test]
fn what_is_new_is_told_from_what_was_quoted() {
    for row in vectors("folding.jsonl") {
        let id = row["id"].as_str().unwrap();
        let text = |column: &str| {
            row[column].as_str().map(|text| String::from_utf8(filled(text.as_bytes())).unwrap())
        };
        let lines = match (text("text"), text("html")) {
            (Some(text), None) => flowed::fixed(&text),
            (None, Some(html)) => html_text::read(&html).lines,
            _ => panic!("{id}"),
        };
        let folded = fold(row["subject"].as_str().unwrap(), &lines);
        assert_eq!(trimmed(&folded.visible), trimmed(&text("visible").unwrap()), "{id}");
        assert_eq!(folded.is_folded, row["folded"], "{id}");
        if let Some(signature) = text("signature") {
            assert_eq!(folded.signature.as_deref(), Some(signature.as_str()), "{id}");
        }
    }
}

#[test]
fn lists_of_the_authors_own_are_not_taken_for_a_header_block() {
    let text =
        "Mirpur: 4410\nUttara: 4411\nGulshan: 4412\n\n> [[ cwr-aaaaaaaaaaaaaaaaaaaaaaaaaa ]]\n> Which?\n";
    let folded = fold("Re: x", &flowed::fixed(text));
    assert_eq!(folded.visible, "Mirpur: 4410\nUttara: 4411\nGulshan: 4412");
    let text = "See the page:\n\n> closed on Sundays\n";
    assert_eq!(fold("Re: x", &flowed::fixed(text)).visible, text.trim_end());
}
