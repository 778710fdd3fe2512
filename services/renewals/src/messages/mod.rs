//! Messages: every SMS and e-mail of the platform.
//!
//! A context asks for one by `NotificationService.Send`, whose words are rendered then. Or an event gives rise to it by a
//! rule of `domain/rules.rs`: then recipient and words are found when it is sent, from the context that it is about and
//! from identity, so that what changed meanwhile is not told. States and their order stand in `domain/message.rs`.

mod api;
mod callbacks;
mod content;
mod domain;
mod events;
mod folder;
mod get;
mod inbound;
mod list;
mod mail_headers;
mod notice;
mod on_event;
mod outages;
mod outcomes;
mod ports;
mod receipts;
mod redrive;
mod report_bounce;
mod reports;
mod routes;
mod send;
mod sender;
pub(crate) mod store;
mod submissions;
mod submit_sms;
mod take_delivery_receipt;
mod take_inbound_sms;
mod upkeep;
mod view;
mod wakes;

#[cfg(test)]
pub(crate) use domain::about::Event;
pub(crate) use domain::{message::Channel, sms};
pub use domain::{
    rule::{Condition, Rule, To},
    rules::RULES,
};
pub(crate) use get::get_message;
pub(crate) use list::list_messages;
pub(crate) use on_event::hear;
#[cfg(test)]
pub(crate) use on_event::{keep_messages, read};
pub(crate) use outages::outage_notice;
pub(crate) use ports::Ports;
#[cfg(test)]
pub(crate) use receipts::settle_late;
pub(crate) use redrive::redrive_message;
pub(crate) use report_bounce::report_bounce;
#[cfg(test)]
pub(crate) use routes::{Answered, RouteSettings};
pub(crate) use routes::{Routes, lease::run as run_routes};
pub(crate) use send::send;
pub(crate) use sender::run as run_sender;
pub(crate) use store::INBOUND;
pub(crate) use take_delivery_receipt::take_delivery_receipt;
pub(crate) use take_inbound_sms::take_inbound_sms;
pub(crate) use wakes::Wakes;

/// The text of what a phone shows, by its alphabet: what a carrier of `cargo dev` and of tests reads.
#[must_use]
pub fn sms_text(data_coding: u8, octets: &[u8]) -> String {
    routes::text(octets, data_coding)
}
