//! Event types: what the platform says to partner systems, read from the contract. They are listed for everybody who is
//! signed in.

mod api;
mod body;
mod catalogue;
mod list;
mod schema;

pub(crate) use body::webhook_body;
pub(crate) use catalogue::{CONTEXTS, Catalogue};
pub(crate) use list::list_event_types;
