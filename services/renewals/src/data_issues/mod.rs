//! Faults that agents find in the authority's data: reported, and answered by the authority. The data themselves change by the
//! authority's lists alone.

mod api;
pub(crate) mod domain;
mod error;
mod events;
mod get;
mod list;
pub(crate) mod notice;
mod report;
mod resolve;
pub(crate) mod store;
mod view;

use get::get_data_issue;
use list::list_data_issues;
use report::report_data_issue;
use resolve::resolve_data_issue;
