//! Characters that nobody sees: they hide, split or turn round the text about them.

/// Whether the character is never seen by itself and belongs into no text: controls, direction marks, line and paragraph
/// separators, zero-width blanks, fillers, tags.
///
/// Line breaks and tabs are controls, too. The joiners (U+200C, U+200D) belong to some scripts and are not among them:
/// see [`first_invisible`].
#[must_use]
pub fn is_invisible(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// The first character that nobody sees, but for those that `allowed` names; a joiner counts where its script has none.
pub(crate) fn first_invisible(text: &str, allowed: impl Fn(char) -> bool) -> Option<char> {
    let mut before = None;
    text.chars().find(|&char| {
        let unseen = if is_joiner(char) { !joins(before) } else { is_invisible(char) && !allowed(char) };
        before = Some(char);
        unseen
    })
}

/// The text without what nobody sees; line breaks, tabs and the joiners of a script stay.
///
/// For texts that people copied from elsewhere into a list. What comes in a request is refused instead.
#[must_use]
pub fn without_invisible(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for char in text.chars() {
        let stays = match char {
            '\n' | '\r' | '\t' => true,
            char if is_joiner(char) => joins(kept.chars().next_back()),
            char => !is_invisible(char),
        };
        if stays {
            kept.push(char);
        }
    }
    kept
}

fn is_joiner(char: char) -> bool {
    matches!(char, '\u{200c}' | '\u{200d}')
}

/// Whether a joiner may follow: the letters of Arabic and India are joined by it, and emoji; Latin, Greek and Cyrillic are not.
fn joins(before: Option<char>) -> bool {
    before.is_some_and(|char| {
        matches!(char, '\u{600}'..='\u{109f}' | '\u{1780}'..='\u{18af}' | '\u{2600}'..='\u{27bf}' | '\u{fe0f}')
            || ('\u{1f000}'..='\u{1faff}').contains(&char)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn joiners_belong_to_their_scripts() {
        // Bengali: ya-phala after ra needs the joiner; without it another letter is shown.
        let bengali = "র\u{200d}্যাব";
        assert_eq!(first_invisible(bengali, |_| false), None);
        assert_eq!(without_invisible(bengali), bengali);
        assert_eq!(first_invisible("Al\u{200d}ine", |_| false), Some('\u{200d}'));
        assert_eq!(
            without_invisible("\u{200c}Ho\u{200b}\u{e0}ng\u{200c} \u{202e}Anh\u{2069}"),
            "Ho\u{e0}ng Anh"
        );
    }

    proptest! {
        #[test]
        fn what_was_cleaned_is_clean(text in any::<String>()) {
            let clean = without_invisible(&text);
            prop_assert_eq!(first_invisible(&clean, |char| matches!(char, '\n' | '\r' | '\t')), None);
            prop_assert_eq!(without_invisible(&clean), clean);
        }
    }
}
