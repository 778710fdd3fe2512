//! Case forms: the topics a partner opens a case for, each with its questions as JSON Schema, in six languages.
//!
//! They are the platform's own reference data, written by migrations. Whoever may open a case may read them.

mod api;
mod list;
mod store;
mod view;

pub(crate) use list::list_case_forms;
