//! What somebody means who answers a reminder by SMS.
//!
//! The first sentence alone decides, and it must be nothing but the word: who writes more is read by a person. Words are
//! compared without their marks, with one exception: `dừng` is “stop”, `đúng` is “yes”, `Dũng` is a name, and `dung` may be
//! any of them.

use careway_kernel::text::{fold, nfc};

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// No more reminders.
    OptOut,
    /// Reminders again.
    OptIn,
    /// Perhaps the one or the other: a person reads it.
    Review,
    /// Nothing of the kind.
    None,
}

impl Meaning {
    #[cfg(test)]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::OptOut => "OPT_OUT",
            Self::OptIn => "OPT_IN",
            Self::Review => "REVIEW",
            Self::None => "NONE",
        }
    }
}

/// Without marks, a brand's name left out.
const OUT: [&str; 14] = [
    "stop",
    "stopall",
    "unsubscribe",
    "cancel",
    "end",
    "quit",
    "tc",
    "tu choi",
    "huy",
    "huy dang ky",
    "huy dk",
    "ngung",
    "ngung nhan tin",
    "khong nhan tin",
];
const IN: [&str; 4] = ["start", "unstop", "dk", "dang ky"];
/// “Stop”, with its mark.
const DUNG: &str = "dừng";
/// The same where its mark may be missing, or never was there.
const BARE_DUNG: &str = "dung";
/// Words of which one in a sentence is reason to read it.
const TELLING: [&str; 7] = ["stop", "unsubscribe", "cancel", "tc", "tu choi", "huy", "ngung"];
/// An SMS has no more than ten segments; what is longer was not typed by hand.
const LONGEST: usize = 4 << 10;

/// What the text means, of a route whose messages are signed by these brands.
pub(crate) fn meaning(text: &str, brands: &[&str]) -> Meaning {
    let text = nfc(text).to_lowercase();
    if text.len() > LONGEST {
        return Meaning::Review;
    }
    let sentence =
        text.split(['.', '!', '?', ',', ';', ':', '\n', '\r']).map(words).find(|it| !it.is_empty());
    let Some(mut sentence) = sentence else { return Meaning::None };
    while sentence.len() > 1 && is_brand(sentence.last().copied().unwrap_or_default(), brands) {
        sentence.pop();
    }
    let said = fold(&sentence.join(" "));
    if is_dung(&sentence) || OUT.contains(&said.as_str()) {
        Meaning::OptOut
    } else if IN.contains(&said.as_str()) {
        Meaning::OptIn
    } else if is_telling(&text) {
        Meaning::Review
    } else {
        Meaning::None
    }
}

/// The words of a sentence, without what stands around them.
fn words(sentence: &str) -> Vec<&str> {
    sentence.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
}

fn is_brand(word: &str, brands: &[&str]) -> bool {
    brands.iter().any(|brand| fold(brand) == fold(word))
}

/// “Stop”, alone or “texting”.
fn is_dung(sentence: &[&str]) -> bool {
    match sentence {
        [word] => *word == DUNG,
        [word, rest @ ..] => *word == DUNG && fold(&rest.join(" ")) == "nhan tin",
        [] => false,
    }
}

/// Whether some word of it may mean that somebody wants no more.
fn is_telling(text: &str) -> bool {
    let all = words(text);
    let folded = format!(" {} ", all.iter().map(|word| fold(word)).collect::<Vec<_>>().join(" "));
    TELLING.iter().any(|word| folded.contains(&format!(" {word} ")))
        || all.iter().any(|word| matches!(*word, DUNG | BARE_DUNG))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors;

    #[test]
    fn every_answer_means_what_the_vectors_say() {
        let rows = vectors::read("opt-out-words.jsonl");
        assert_eq!(rows.len(), 34);
        for row in rows {
            let brands: Vec<_> =
                row["brands"].as_array().unwrap().iter().map(|brand| brand.as_str().unwrap()).collect();
            let meaning = meaning(row["text"].as_str().unwrap(), &brands);
            assert_eq!(meaning.as_str(), row["expect"]["means"], "{row}");
        }
    }

    #[test]
    fn composition_does_not_matter_and_length_is_bounded() {
        assert_eq!(meaning("du\u{31b}\u{300}ng", &[]), Meaning::OptOut);
        assert_eq!(meaning(&"stop ".repeat(10_000), &[]), Meaning::Review);
        assert_eq!(meaning("Cảm ơn. Stop", &[]), Meaning::Review, "only the first sentence decides");
        assert_eq!(meaning("NETCO", &["NETCO"]), Meaning::None);
    }
}
