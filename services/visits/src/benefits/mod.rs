//! What is left of a member's benefits: the ledger of takings and returns, and the balances that follow from it.

pub(crate) mod api;
pub(crate) mod domain;
pub(crate) mod error;
pub(crate) mod get_of_coverage;
pub(crate) mod get_of_visit;
pub(crate) mod list_ledger_entries;
pub(crate) mod store;
pub(crate) mod view;
