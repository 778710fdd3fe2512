//! Journeys through the REST gateway, on the whole platform: what tests are written with.
//!
//! A [`TestPlatform`] is a platform of its own: databases, streams, keys, messages and a clock that nobody else touches, so
//! that any number of tests run at once. A [`Network`] is what a journey needs in it: a payer, a facility, staff,
//! members; a [`Scheme`] is an authority with the agencies that collect for it; [`Support`] are partners and
//! the people who help them. Whatever happens, happens over REST ([`Rest`]); what people are sent is read from the message folder.

#![expect(clippy::disallowed_methods, reason = "tests are bound to no clock")]

mod balancer;
mod channel;
mod collector;
pub mod http_file;
mod load;
mod network;
mod processes;
mod programs;
mod refusals;
mod running;
mod scheme;
mod support;
mod test_platform;
mod treatment;

pub use careway_standalone::seed::{
    Answer, ChannelSystem, Credentials, Event, Events, Mail, Message, Request, Rest, SUPPORT, until,
};
pub use channel::Channel;
pub use collector::{Collector, Span};
pub use load::{CODES_FOR_A_LOAD, Load};
pub use network::{Facility, Member, Network, Payer, today};
pub use processes::{Processes, free_address};
pub use programs::{dev, program};
pub use refusals::{accepted, not_now, refused, slowed_down};
pub use running::Layout;
pub use scheme::{Agency, Scheme};
pub use support::Support;
pub use test_platform::{Setup, TestPlatform};
pub use treatment::{Treatment, check_in};
