//! Text as people write it, compared as they search for it.

mod bounded;
mod invisible;
mod legacy;
mod name_search;
mod signs;

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

pub use bounded::{InvalidLine, InvalidText, Line, Text};
pub(crate) use invisible::first_invisible;
pub use invisible::{is_invisible, without_invisible};
pub use legacy::is_legacy_vietnamese;
pub use name_search::name_query;
pub use signs::{bare, is_hyphen, is_joint, without_blanks};

/// The composed form (NFC): what is kept, counted and shown.
#[must_use]
pub fn nfc(text: &str) -> String {
    // Nearly every text is composed as it comes, which is told much sooner than it is done.
    if is_composed(text) { text.to_owned() } else { text.nfc().collect() }
}

/// Whether it is certain without composing it.
fn is_composed(text: &str) -> bool {
    text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes
}

/// The text without its diacritics, case kept: `Đặng Văn Ơn` is `Dang Van On`, `Wałęsa` is `Walesa`.
///
/// Only the marks of Latin, Greek and Cyrillic go: the vowel signs of Bengali are marks to Unicode, too, and without them a
/// word is another word.
#[must_use]
pub fn without_marks(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    for char in text.nfd().filter(|char| !is_accent(*char)) {
        match unmarked(char) {
            Some(letters) => plain.push_str(letters),
            None => plain.push(char),
        }
    }
    nfc(&plain)
}

/// The key by which text is searched and sorted: no diacritics, lower case, single spaces, one kind of apostrophe and one of
/// hyphen, nothing that nobody sees.
#[must_use]
pub fn fold(text: &str) -> String {
    let lower = without_marks(&without_invisible(text)).to_lowercase();
    // Lower-casing may bring back a mark: the Turkish dotted capital İ becomes i and a dot above.
    let plain: String = without_marks(&lower).chars().map(signs::plain).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The accents that stand over and under letters; the marks of other scripts have blocks of their own.
fn is_accent(char: char) -> bool {
    matches!(char, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Latin letters to which Unicode gives no decomposition, as people type them.
fn unmarked(char: char) -> Option<&'static str> {
    Some(match char {
        'đ' | 'ð' => "d",
        'Đ' | 'Ð' => "D",
        'ł' => "l",
        'Ł' => "L",
        'ø' => "o",
        'Ø' => "O",
        'ı' => "i",
        'ħ' => "h",
        'Ħ' => "H",
        'ŧ' => "t",
        'Ŧ' => "T",
        'ß' => "ss",
        'ẞ' => "SS",
        'æ' => "ae",
        'Æ' => "AE",
        'œ' => "oe",
        'Œ' => "OE",
        'þ' => "th",
        'Þ' => "Th",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors;
    use proptest::prelude::*;

    /// Every accented letter of Vietnamese, in both cases: 134.
    const VIETNAMESE: &str = "áàảãạăắằẳẵặâấầẩẫậéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵđ";

    #[test]
    fn every_vietnamese_letter_becomes_ascii() {
        let both = format!("{VIETNAMESE}{}", VIETNAMESE.to_uppercase());
        assert_eq!(both.chars().count(), 134);
        let plain = without_marks(&both);
        assert!(plain.is_ascii(), "{plain}");
        assert_eq!(plain.len(), 134);
        assert_eq!(without_marks("Đặng Văn Ơn"), "Dang Van On");
    }

    #[test]
    fn a_fold_finds_what_people_type() {
        for text in ["Nguyễn  Thị ĐÀO", "nguyen thi dao", "Nguye\u{302}\u{303}n Thi\u{323} Đào"] {
            assert_eq!(fold(text), "nguyen thi dao");
        }
        assert_eq!(fold("Ștefan Țăndărică"), "stefan tandarica");
        assert_eq!(fold("Al\u{200b}ine"), "aline");
        assert_eq!(fold("N’Diaye Anne–Marie"), "n'diaye anne-marie");
    }

    /// The kind “letters without a mark to take off” of the cases.
    #[test]
    fn letters_without_a_decomposition_are_found_too() {
        for (name, typed) in [
            ("Łukasz Wałęsa", "lukasz walesa"),
            ("Jürgen Weiß", "jurgen weiss"),
            ("İbrahim Yıldız", "ibrahim yildiz"),
        ] {
            assert_eq!(fold(name), typed);
            assert_eq!(fold(&name.to_uppercase()), typed);
        }
    }

    #[test]
    fn bengali_keeps_its_vowel_signs() {
        for word in ["ধন্যবাদ", "ঠিক আছে", "সোম", "মিরপুর", "লিখেছেন"]
        {
            assert_eq!(fold(word), nfc(word), "{word}");
        }
        assert_ne!(fold("দিন"), fold("দান"), "day and gift differ by a sign");
        // One letter, typed as one or with its dot.
        assert_eq!(fold("\u{9df}"), fold("\u{9af}\u{9bc}"));
        assert_eq!(fold("মিরপুর Café"), "মিরপুর cafe");
    }

    /// The words of a query against the words of each text, folded, as a search of cases compares them. What finds a case by
    /// its number is the service's to show.
    #[test]
    fn searches_of_cases_find_what_they_are_to_find() {
        let words = |text: &str| fold(text).split(' ').map(str::to_owned).collect::<Vec<_>>();
        let mut asked = 0;
        for row in vectors::read("cases/search.jsonl") {
            let texts = row["texts"].as_object().unwrap();
            for query in row["queries"].as_array().unwrap() {
                let wanted = words(query["q"].as_str().unwrap());
                let found = texts.iter().filter(|(_, text)| {
                    let text = words(text.as_str().unwrap());
                    wanted.iter().all(|word| text.iter().any(|in_text| in_text.trim_matches(',') == word))
                });
                let found: Vec<_> = found.map(|(name, _)| name.as_str()).collect();
                let Some(expected) = query["finds"].as_array() else { continue };
                assert_eq!(
                    found,
                    expected.iter().map(|name| name.as_str().unwrap()).collect::<Vec<_>>(),
                    "{query}"
                );
                asked += 1;
            }
        }
        assert_eq!(asked, 11);
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,40}") {
            let folded = fold(&text);
            prop_assert_eq!(fold(&folded), folded);
        }

        #[test]
        fn composition_does_not_matter(text in "[a-zA-ZáàảãạđĐơƯ ]{0,40}") {
            prop_assert_eq!(fold(&text), fold(&text.nfd().collect::<String>()));
        }
    }
}
