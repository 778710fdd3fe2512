//! What payers and facilities are called, as identity says it: a copy kept for reading.

pub(crate) mod domain;
pub(crate) mod error;
pub(crate) mod on_organization;
pub(crate) mod store;
