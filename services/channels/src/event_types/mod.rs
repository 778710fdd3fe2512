//! Event types: what the platform says to partner systems, read from the contract. They are listed for everybody who is
//! signed in.

mod api;
mod catalogue;
mod list;

pub(crate) use catalogue::Catalogue;
pub(crate) use list::list_event_types;
