//! Text as people write it, compared as they search for it.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The composed form (NFC): what is kept, counted and shown.
#[must_use]
pub fn nfc(text: &str) -> String {
    text.nfc().collect()
}

/// The text without its diacritics, case kept: `Đặng Văn Ơn` is `Dang Van On`.
///
/// `đ` goes first: Unicode gives it no decomposition, so that dropping marks alone would leave it.
#[must_use]
pub fn without_marks(text: &str) -> String {
    let plain = text.chars().map(|char| match char {
        'đ' => 'd',
        'Đ' => 'D',
        char => char,
    });
    plain.nfd().filter(|char| !is_combining_mark(*char)).nfc().collect()
}

/// The key by which text is searched and sorted: no diacritics, lower case, single spaces.
#[must_use]
pub fn fold(text: &str) -> String {
    let lower = without_marks(text).to_lowercase();
    // Lower-casing may bring back a mark: the Turkish dotted capital İ becomes i and a dot above.
    let plain: String = lower.nfd().filter(|char| !is_combining_mark(*char)).nfc().collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Not one line, or too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one line of at most {most} characters")]
pub struct InvalidLine {
    most: usize,
}

/// One line of at most so many characters, without the blanks around it.
pub fn one_line(text: &str, most: usize) -> Result<String, InvalidLine> {
    let text = text.trim();
    if text.chars().count() > most || text.chars().any(char::is_control) {
        return Err(InvalidLine { most });
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_is_one_line_and_not_too_long() {
        assert_eq!(one_line("  Dr. Mugisha ", 11).unwrap(), "Dr. Mugisha");
        for wrong in ["Dr. Mugisha B", "Dr.\nM", "Dr.\tM"] {
            assert_eq!(
                one_line(wrong, 11).unwrap_err().to_string(),
                "must be one line of at most 11 characters"
            );
        }
    }

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
