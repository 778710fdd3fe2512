//! Digests of contacts: once a day each agency is told how many of its participants messages do not reach any more, if there
//! are new ones. Said by the clock; read by those who may correct contacts.

mod domain;
mod events;
pub(crate) mod notice;
mod store;
mod timer;

pub(crate) use timer::run;
