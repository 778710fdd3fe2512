//! What is left of a member's benefits: the ledger of takings and returns, and the balances that follow from it.

mod api;
pub(crate) mod domain;
mod error;
mod get_of_coverage;
mod get_of_visit;
mod list_ledger_entries;
pub(crate) mod store;
mod view;

use get_of_coverage::get_coverage_benefits;
use get_of_visit::get_visit_benefits;
use list_ledger_entries::list_ledger_entries;
