//! Messages: every SMS and e-mail of the platform.
//!
//! A context asks for one by `NotificationService.Send`, whose words are rendered then. Or an event gives rise to it by a
//! rule of `domain/rules.rs`: then recipient and words are found when it is sent, from the context that it is about and
//! from identity, so that what changed meanwhile is not told. States and their order stand in `domain/message.rs`.

mod api;
mod content;
mod domain;
mod events;
mod notice;
mod on_event;
mod outcomes;
mod ports;
mod send;
mod sender;
pub(crate) mod store;

#[cfg(test)]
pub(crate) use domain::about::Event;
pub use domain::{
    rule::{Condition, Rule, To},
    rules::RULES,
};
pub(crate) use on_event::hear;
#[cfg(test)]
pub(crate) use on_event::{keep_messages, read};
pub(crate) use ports::Ports;
pub(crate) use send::send;
pub(crate) use sender::run as run_sender;
