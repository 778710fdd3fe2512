//! What a payer pays a facility for a code, by day: the agreed price lists.

pub(crate) mod api;
pub(crate) mod domain;
pub(crate) mod import;
pub(crate) mod import_rows;
pub(crate) mod list;
pub(crate) mod store;
pub(crate) mod view;
