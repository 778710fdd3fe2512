//! The agreement of a payer with a facility: only under one that holds on the day is care paid.

pub(crate) mod api;
pub(crate) mod create;
pub(crate) mod domain;
pub(crate) mod end;
pub(crate) mod error;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod store;
pub(crate) mod view;
