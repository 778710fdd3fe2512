//! What a payer insures: benefits with limits, shares and periods. A plan has versions; a version never changes.

pub(crate) mod api;
pub(crate) mod create;
pub(crate) mod definition;
pub(crate) mod domain;
pub(crate) mod error;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod list_service_types;
pub(crate) mod replace;
pub(crate) mod store;
pub(crate) mod view;
