//! One file per use case, named as its RPC.

mod list_event_types;

pub(crate) use list_event_types::list_event_types;
