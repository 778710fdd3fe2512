//! Medicines that a clinician of one facility issues and pharmacies dispense: issued, partly or wholly dispensed, cancelled, expired.

pub(crate) mod api;
pub(crate) mod cancel;
pub(crate) mod dispense;
pub(crate) mod domain;
pub(crate) mod error;
pub(crate) mod find;
pub(crate) mod get;
pub(crate) mod issue;
pub(crate) mod list_of_visit;
pub(crate) mod notice;
pub(crate) mod request;
pub(crate) mod store;
pub(crate) mod view;
