//! Texts that come with requests: a line and a text, bounded, composed (NFC), with nothing in them that nobody sees.

use std::fmt;

use super::{invisible::first_invisible, nfc};

/// Not one line, too long, or with characters that nobody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLine {
    /// Longer, or of several lines.
    #[error("must be one line of at most {0} characters")]
    Form(usize),
    /// Says which, since nobody sees it.
    #[error("must not have the invisible character U+{:04X}", u32::from(*.0))]
    Invisible(char),
}

/// Too long, or with characters that nobody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// Longer.
    #[error("must be at most {0} characters")]
    Long(usize),
    /// Says which, since nobody sees it.
    #[error("must not have the invisible character U+{:04X}", u32::from(*.0))]
    Invisible(char),
}

/// One line of at most `MOST` characters: a name, a number, a few words. Blank is a line; who needs words asks
/// [`Violations::required`](crate::Violations::required).
///
/// ```
/// # use careway_kernel::{text::Line, Violations};
/// let mut v = Violations::default();
/// let title = v.required("title", " Blood count ", Line::<120>::parse);
/// assert_eq!(title.unwrap().as_str(), "Blood count");
/// v.required("fileName", "a\u{202e}gpj.exe", Line::<120>::parse);
/// assert_eq!(v.to_string(), "fileName must not have the invisible character U+202E");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line<const MOST: usize>(String);

/// A text of at most `MOST` characters in as many lines as it takes; line breaks become `\n`, tabs stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MOST: usize>(String);

impl<const MOST: usize> Line<MOST> {
    /// Reads a line.
    pub fn parse(text: &str) -> Result<Self, InvalidLine> {
        let text = bounded(text, MOST).ok_or(InvalidLine::Form(MOST))?;
        match first_invisible(&text, |_| false) {
            Some('\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}') => Err(InvalidLine::Form(MOST)),
            Some(char) => Err(InvalidLine::Invisible(char)),
            None => Ok(Self(text)),
        }
    }
}

impl<const MOST: usize> Text<MOST> {
    /// Reads a text.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        let text = bounded(text, MOST).ok_or(InvalidText::Long(MOST))?;
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        match first_invisible(&text, |char| matches!(char, '\n' | '\t')) {
            Some(char) => Err(InvalidText::Invisible(char)),
            None => Ok(Self(text)),
        }
    }
}

/// Composed, without the blanks around it, of at most so many characters.
fn bounded(text: &str, most: usize) -> Option<String> {
    let text = text.trim();
    // Before the work of composing. A character has at most 4 bytes, and few letters have more than three marks.
    if text.len() > most.saturating_mul(16) {
        return None;
    }
    let text = nfc(text);
    (text.chars().count() <= most).then_some(text)
}

macro_rules! holds_text {
    ($name:ident) => {
        impl<const MOST: usize> $name<MOST> {
            /// What it says.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether it says nothing.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl<const MOST: usize> From<$name<MOST>> for String {
            fn from(text: $name<MOST>) -> Self {
                text.0
            }
        }

        impl<const MOST: usize> fmt::Display for $name<MOST> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

holds_text!(Line);
holds_text!(Text);

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization as _;

    use super::*;
    use crate::Violations;
    use crate::text::is_invisible;
    use proptest::prelude::*;

    #[test]
    fn a_line_is_one_line_and_not_too_long() {
        assert_eq!(Line::<11>::parse("  Dr. Mugisha ").unwrap().as_str(), "Dr. Mugisha");
        for wrong in ["Dr. Mugisha B", "Dr.\nM", "Dr.\tM", "Dr.\u{2028}M"] {
            assert_eq!(Line::<11>::parse(wrong), Err(InvalidLine::Form(11)), "{wrong:?}");
        }
        assert_eq!(InvalidLine::Form(11).to_string(), "must be one line of at most 11 characters");
    }

    /// The kinds “direction marks and line separators”, “NUL in a text” and “characters that nobody sees” of the cases.
    #[test]
    fn what_nobody_sees_is_refused_by_its_number() {
        for (text, char) in [
            ("Blood \u{202e}gpj.exe", "U+202E"),
            ("INV\u{202e}-1", "U+202E"),
            ("Lab\u{2066}system", "U+2066"),
            ("A\0B", "U+0000"),
            ("Al\u{200b}ine", "U+200B"),
            ("Al\u{2060}ine", "U+2060"),
            ("soft\u{ad}ly", "U+00AD"),
        ] {
            let message = format!("must not have the invisible character {char}");
            assert_eq!(Line::<120>::parse(text).unwrap_err().to_string(), message);
            assert_eq!(Text::<120>::parse(text).unwrap_err().to_string(), message);
        }
        assert!(Line::<120>::parse("count\u{2028}invoice.pdf").is_err());
    }

    #[test]
    fn lines_of_a_text_end_in_one_way() {
        assert_eq!(Text::<20>::parse(" a\r\nb\rc\n\td ").unwrap().as_str(), "a\nb\nc\n\td");
        assert_eq!(Text::<3>::parse("abcd").unwrap_err().to_string(), "must be at most 3 characters");
        assert_eq!(Line::<6>::parse("Nguye\u{302}\u{303}n").unwrap().as_str(), "Nguyễn");
    }

    #[test]
    fn every_field_is_named() {
        let mut v = Violations::default();
        v.required("reason", "\0", Line::<5>::parse);
        v.optional("justification", "123456", Text::<5>::parse);
        v.within("prescriber", |v| v.required("name", "a\u{202e}", Line::<5>::parse));
        let fields: Vec<_> = v.iter().map(|violation| violation.field.as_str()).collect();
        assert_eq!(fields, ["reason", "justification", "prescriber.name"]);
    }

    proptest! {
        #[test]
        fn whatever_is_taken_can_be_kept_and_shown(text in any::<String>()) {
            if let Ok(line) = Line::<30>::parse(&text) {
                prop_assert!(!line.as_str().chars().any(is_invisible));
                prop_assert!(line.as_str().chars().count() <= 30);
            }
            if let Ok(text) = Text::<30>::parse(&text) {
                prop_assert!(!text.as_str().chars().any(|c| is_invisible(c) && c != '\n' && c != '\t'));
                prop_assert!(text.as_str().chars().count() <= 30);
            }
        }

        #[test]
        fn what_was_taken_is_taken_again_as_it_is(text in "[\\PC\n\t]{0,40}") {
            if let Ok(line) = Line::<40>::parse(&text) {
                prop_assert_eq!(Line::parse(line.as_str()), Ok(line));
            }
            if let Ok(text) = Text::<40>::parse(&text) {
                prop_assert_eq!(Text::parse(text.as_str()), Ok(text));
            }
        }

        #[test]
        fn a_line_is_a_text(text in any::<String>()) {
            if let Ok(line) = Line::<40>::parse(&text) {
                let text: String = Text::<40>::parse(&text).unwrap().into();
                prop_assert_eq!(line.as_str(), text);
            }
        }

        #[test]
        fn composition_does_not_matter(text in "[a-zA-ZáàảãạđĐơƯ ]{0,40}") {
            let apart: String = text.nfd().collect();
            prop_assert_eq!(Line::<40>::parse(&text), Line::<40>::parse(&apart));
        }
    }
}
