//! Texts that come with claims.

/// At most 2000 characters, in as many lines as it takes.
pub(super) fn long(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    let control = |c: char| c.is_control() && c != '\n' && c != '\r' && c != '\t';
    if text.chars().count() > 2000 || text.chars().any(control) {
        return Err("must be text of at most 2000 characters");
    }
    Ok(text.to_owned())
}
