//! Lines of care, which pre-authorizations and claims share: requested, locked with their visit, adjudicated, saved.

pub(crate) mod domain;
pub(crate) mod error;
pub(crate) mod settle;
pub(crate) mod store;
pub(crate) mod view;
