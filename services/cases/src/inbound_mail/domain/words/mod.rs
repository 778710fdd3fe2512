//! The words of a mail: which part says them, as lines that are quoted or not, and which of them are new.

pub(crate) mod chosen;
pub(crate) mod flowed;
pub(crate) mod folding;
pub(crate) mod html_safe;
pub(crate) mod html_text;
pub(crate) mod quotation;

/// A line of a mail as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) text: String,
    /// Whether it stands in a quotation: behind a sign, or in a box of HTML.
    pub(crate) is_quoted: bool,
}

impl Line {
    /// A line of plain text: the sign says whether it is quoted.
    pub(crate) fn plain(text: &str) -> Self {
        Self { text: text.to_owned(), is_quoted: text.trim_start().starts_with(['>', '|']) }
    }

    /// What it says without the signs of quotation before it.
    pub(crate) fn bare(&self) -> &str {
        self.text.trim_start_matches(['>', '|', ' ', '\t', '\u{a0}']).trim_end()
    }

    /// Whether nobody sees anything but signs of quotation.
    pub(crate) fn is_blank(&self) -> bool {
        self.bare().is_empty()
    }
}

/// The lines as one text, without blanks at their ends and without blank lines around them.
pub(crate) fn joined(lines: &[Line]) -> String {
    let text = lines.iter().map(|line| line.text.trim_end()).collect::<Vec<_>>().join("\n");
    text.trim_matches('\n').to_owned()
}
