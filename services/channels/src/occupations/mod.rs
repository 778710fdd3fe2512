//! What is taken of resources, by holds and by bookings: in lanes, of which the database lets none be taken twice.

pub(crate) mod domain;
mod free;
mod seat;
pub(crate) mod store;

pub(crate) use free::{free, free_holds};
pub(crate) use seat::seat;
