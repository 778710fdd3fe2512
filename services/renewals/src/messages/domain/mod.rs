//! The rules of messages. Pure.

pub(super) mod about;
pub(super) mod bounce;
pub(super) mod decisions;
pub(super) mod html;
pub(super) mod lanes;
pub(super) mod mail;
pub(super) mod message;
pub(super) mod outage;
pub(super) mod pace;
pub(super) mod rule;
pub(super) mod rules;
pub(crate) mod sms;
pub(super) mod template;
mod templates;
#[cfg(test)]
mod tests;
