//! Reading the form of a mail (RFC 5322, RFC 2045 to 2047, RFC 2231): header fields, parts, letters.
//!
//! Everything is bounded while it is read, and nothing is refused for being malformed: whatever a person can have meant is
//! read, and what cannot be read stays in the original.

pub(crate) mod addresses;
pub(crate) mod charset;
pub(crate) mod encoded_words;
pub(crate) mod headers;
pub(crate) mod parameters;
pub(crate) mod structure;
pub(crate) mod transfer;
