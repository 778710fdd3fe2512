//! The rules of messages. Pure.

pub(crate) mod message;
pub(crate) mod template;
mod templates;
