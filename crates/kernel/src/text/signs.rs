//! Signs of which keyboards and printers have several: apostrophes, hyphens, blanks. Which one somebody typed says nothing.

use super::invisible::is_invisible;

/// Apostrophes, and what people type or paste for them: quotation marks, accents and primes that stand by themselves.
const APOSTROPHES: &str = "'`´ʹʻʼʽʾʿˈ‘’‛′‵ꞌ＇";

/// Whether it is an apostrophe, or typed for one.
fn is_apostrophe(char: char) -> bool {
    APOSTROPHES.contains(char)
}

/// Whether it is a hyphen, a dash or a minus.
#[must_use]
pub fn is_hyphen(char: char) -> bool {
    matches!(
        char,
        '-' | '\u{58a}' | '\u{2010}'
            ..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
    )
}

/// Whether it joins the parts of a folded word: of the many hyphens and apostrophes, folding leaves one of each.
#[must_use]
pub fn is_joint(char: char) -> bool {
    matches!(char, '-' | '\'')
}

/// One sign for all of its kind.
pub(super) fn plain(char: char) -> char {
    match char {
        char if is_apostrophe(char) => '\'',
        char if is_hyphen(char) => '-',
        char => char,
    }
}

/// A code or a number as somebody reads it out or pastes it, for those to which hyphens belong: without blanks of any kind
/// and what nobody sees, and with one kind of hyphen. Line breaks and other controls stay: no number has them.
#[must_use]
pub fn without_blanks(text: &str) -> String {
    let blank = |char: &char| (char.is_whitespace() || is_invisible(*char)) && !char.is_control();
    text.trim()
        .chars()
        .filter(|char| !blank(char))
        .map(|char| if is_hyphen(char) { '-' } else { char })
        .collect()
}

/// The same for those to which no hyphen belongs: only what the code itself has.
#[must_use]
pub fn bare(text: &str) -> String {
    let mut bare = without_blanks(text);
    bare.retain(|char| char != '-');
    bare
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn blanks_and_hyphens_of_a_code_do_not_matter() {
        for typed in [
            "123 456",
            " 123456\n",
            "123\u{a0}456\u{a0}",
            "123\u{2013}456",
            "12\u{200b}34-56",
            "123\u{2011}\u{202f}456",
        ] {
            assert_eq!(bare(typed), "123456", "{typed:?}");
        }
        assert_eq!(without_blanks("rssb \u{2011} 0012\u{a0}/ 3"), "rssb-0012/3");
        assert_eq!(bare("12\n34"), "12\n34", "two lines are no code");
        assert_eq!(bare("12\u{0}34"), "12\u{0}34");
    }

    proptest! {
        #[test]
        fn what_is_bare_stays_so(text in "\\PC{0,40}") {
            let once = bare(&text);
            prop_assert_eq!(bare(&once), once);
        }
    }
}
