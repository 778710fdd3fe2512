//! Requests to other organizations' systems, at addresses that they gave: nothing within the network is ever asked.

mod client;
pub(crate) mod domain;

pub(crate) use client::{Failure, Outbound, Sent};
