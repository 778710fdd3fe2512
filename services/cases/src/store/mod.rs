//! SQL and nothing else.

pub(crate) mod case_form;
