//! What a mail says, read within bounds: pure rules on bytes.

pub(crate) mod authentication;
pub(crate) mod author;
pub(crate) mod files;
pub(crate) mod fingerprint;
pub(crate) mod held;
pub(crate) mod limits;
pub(crate) mod lmtp;
pub(crate) mod machine;
pub(crate) mod mail;
pub(crate) mod matching;
pub(crate) mod mime;
pub(crate) mod outcome;
pub(crate) mod recipient;
pub(crate) mod sender;
pub(crate) mod waiting;
pub(crate) mod words;

#[cfg(test)]
mod tests;
