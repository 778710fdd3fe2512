//! Journeys through the REST gateway, on the whole platform in one process: what tests are written with.
//!
//! A [`World`] is a platform of its own: databases, streams, keys, messages and a clock that nobody else touches, so
//! that any number of tests run at once. A [`Network`] is what a journey needs in it: a payer, a facility, staff,
//! members. Whatever happens, happens over REST ([`Rest`]); what people are sent is read from the message folder.

mod network;
mod refusals;
mod ward;
mod world;

pub use careway_standalone::seed::{Answer, Credentials, Message, Request, Rest, until};
pub use network::{Facility, Member, Network, Payer, today};
pub use refusals::{accepted, refused};
pub use ward::{Ward, check_in};
pub use world::World;
