//! How long a text may be, and that nothing unseen is in it, is the kernel's `Line` and `Text` to say: no context counts by hand.

use careway_house::Sources;

use crate::workspace::{contexts, none};

/// Who counts characters of something that is no text of a request: a password, the values of a template.
const OTHERS: [(&str, &str); 2] =
    [("identity", "accounts/domain/password.rs"), ("renewals", "messages/domain/template.rs")];
/// What other systems sent is cut and cleaned, not refused: these read it.
const READERS: [(&str, &str); 7] = [
    ("renewals", "messages/domain/mail.rs"),
    ("renewals", "messages/domain/sms/receipt_id.rs"),
    ("cases", "inbound_mail/domain/files.rs"),
    ("cases", "inbound_mail/domain/mime/charset.rs"),
    ("cases", "inbound_mail/domain/words/chosen.rs"),
    ("cases", "inbound_mail/domain/words/folding.rs"),
    ("cases", "inbound_mail/domain/words/quotation.rs"),
];

fn breaches(context: &str, sources: &Sources) -> Vec<String> {
    let by_hand = |file: &&str| {
        let text = sources.text(file).unwrap_or_default();
        let text: String =
            text.split("#[cfg(test)]").take(1).collect::<String>().split_whitespace().collect();
        let of_tests = file.contains("tests");
        !of_tests && (text.contains(".chars().count()") || text.contains("is_control"))
    };
    let found = sources
        .files()
        .filter(by_hand)
        .filter(|file| !OTHERS.iter().chain(&READERS).any(|known| *known == (context, *file)));
    found.map(|file| format!("{context}: {file} bounds a text by hand")).collect()
}

#[test]
fn texts_are_bounded_by_the_kernel() {
    none(contexts().flat_map(|(context, sources)| breaches(context, &sources)).collect());
}

#[test]
fn a_text_that_is_bounded_by_hand_is_told() {
    let sources = Sources::of(&[
        ("lib.rs", "mod claims;"),
        ("claims/submit.rs", "fn note(text: &str) -> bool { text\n.chars()\n.count() < 1000 }"),
        ("claims/review.rs", "fn fine(text: &str) -> bool { !text.chars().any(char::is_control) }"),
        (
            "claims/read.rs",
            "fn a() {} #[cfg(test)] mod tests { fn b() { assert_eq!(c.chars().count(), 1) } }",
        ),
        ("accounts/domain/password.rs", "fn a(text: &str) { text.chars().count() }"),
    ]);
    let told = ["x: accounts/domain/password.rs", "x: claims/review.rs", "x: claims/submit.rs"];
    assert_eq!(breaches("x", &sources), told.map(|it| format!("{it} bounds a text by hand")));
    assert_eq!(breaches("identity", &sources).len(), 2);
}
