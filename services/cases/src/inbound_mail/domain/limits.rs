//! How much of a mail is read. Beyond it the mail is held for a person, unread.

/// Bytes of a mail, as LMTP's SIZE says.
pub(crate) const MOST_MAIL_BYTES: usize = 25 * 1024 * 1024;

/// Lines above a body.
pub(crate) const MOST_HEADER_LINES: usize = 1_000;

/// Bytes above a body.
pub(crate) const MOST_HEADER_BYTES: usize = 256 * 1024;

/// Parts, those of attached mails with them.
pub(crate) const MOST_PARTS: usize = 200;

/// Multiparts in multiparts, and mails in mails.
pub(crate) const MOST_DEPTH: usize = 10;

/// Parameters of one field, and pieces of them.
pub(crate) const MOST_PARAMETERS: usize = 200;

/// Comments in comments of an address.
pub(crate) const MOST_COMMENT_DEPTH: usize = 20;

/// Files of a mail, those in a `winmail.dat` with them.
pub(crate) const MOST_FILES: usize = 50;

/// Identifiers of `References`: the last ones count.
pub(crate) const MOST_REFERENCES: usize = 50;

/// Bytes of HTML that are read.
pub(crate) const MOST_HTML_BYTES: usize = 512 * 1024;

/// Elements in elements of HTML that is shown.
pub(crate) const MOST_HTML_DEPTH: usize = 200;

/// Which bound a mail passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TooComplex {
    /// Bytes of all.
    Size,
    /// Blank lines before everything.
    BlankLines,
    /// Lines or bytes above a body.
    Headers,
    /// Comments in comments.
    Comments,
    /// Parameters or pieces of them.
    Parameters,
    /// Parts.
    Parts,
    /// Parts in parts.
    Depth,
    /// Files.
    Files,
}
