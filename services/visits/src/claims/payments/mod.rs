//! Payment advices (X12 835 remittance advice): which claims a payer paid with one transfer.

pub(crate) mod api;
pub(crate) mod create;
pub(crate) mod domain;
pub(crate) mod error;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod mark_claim_paid;
pub(crate) mod mark_paid;
pub(crate) mod notice;
pub(crate) mod payment_request;
pub(crate) mod store;
pub(crate) mod view;
