//! The rules of messages. Pure.

pub(super) mod about;
pub(super) mod decisions;
pub(super) mod html;
pub(super) mod mail;
pub(super) mod message;
pub(super) mod rule;
pub(super) mod rules;
pub(super) mod template;
mod templates;
