//! Case forms: the topics a partner opens a case for, each with its questions as JSON Schema, in six languages.
//!
//! They are the platform's own. Leads of support set them (`cases.manage`); a version never changes, and a case keeps the
//! one that it was opened with. Whoever may open a case may read them. `CurrentForm` is what opening a case asks.

mod answered;
mod api;
mod domain;
mod error;
mod get;
mod list;
mod set;
mod store;
mod view;

pub(crate) use answered::CurrentForm;
use get::get_case_form;
use list::list_case_forms;
use set::set_case_form;
