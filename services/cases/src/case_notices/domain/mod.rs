//! The rules of notices.

pub(crate) mod mail;
pub(crate) mod mail_names;
pub(crate) mod thread;
