//! The rules of messages. Pure.

pub(crate) mod decisions;
pub(crate) mod message;
pub(crate) mod template;
mod templates;
