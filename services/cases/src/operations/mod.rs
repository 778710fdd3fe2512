//! One file per use case, named as its RPC.

mod list_case_forms;

pub(crate) use list_case_forms::list_case_forms;
