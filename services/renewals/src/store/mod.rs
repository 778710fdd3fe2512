//! SQL and nothing else.

pub(crate) mod message;
