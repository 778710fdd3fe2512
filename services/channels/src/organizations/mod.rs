//! What providers and channels are called, as identity says it: a copy kept for reading.

pub(crate) mod on_organization;
pub(crate) mod store;
