//! Texts that come with requests: of how many lines, and how long.

use careway_kernel::text::{InvalidLine, one_line};

/// A name, a number or a few words, on one line.
pub(crate) fn short(text: &str) -> Result<String, InvalidLine> {
    one_line(text, 120)
}

/// A note for a person, of at most 1,000 characters.
pub(crate) fn note(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.chars().count() > 1000 { Err("must be at most 1000 characters") } else { Ok(text.to_owned()) }
}

/// At most 2000 characters, in as many lines as it takes.
pub(crate) fn long(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    let control = |c: char| c.is_control() && c != '\n' && c != '\r' && c != '\t';
    if text.chars().count() > 2000 || text.chars().any(control) {
        return Err("must be text of at most 2000 characters");
    }
    Ok(text.to_owned())
}
