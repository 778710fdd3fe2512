//! The tables of messages, their parts and their routes.

pub(crate) mod bounces;
pub(crate) mod ended;
pub(crate) mod inbound;
pub(crate) mod leases;
pub(crate) mod outages;
pub(crate) mod parts;
pub(crate) mod queue;
pub(crate) mod read;
pub(crate) mod receipts;
pub(crate) mod upkeep;

pub(crate) use upkeep::get_unsent_count;

/// The sealed column, as its values are bound to it.
pub(super) const SEALED: &str = "message.sealed";
/// The sealed column of a text message that came in.
pub(crate) const INBOUND: &str = "inbound_sms.sealed";
