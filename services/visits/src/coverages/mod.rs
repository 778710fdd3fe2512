//! A member's cover by a plan: active, suspended or ended. It decides what a patient is entitled to on a day.
//!
//! The payer makes and changes coverages, one by one or as a list; the facility only sees what they decide.

pub(crate) mod api;
pub(crate) mod change;
pub(crate) mod create;
pub(crate) mod domain;
pub(crate) mod error;
pub(crate) mod get;
pub(crate) mod import;
pub(crate) mod import_rows;
pub(crate) mod list;
pub(crate) mod on_member;
mod registry;
pub(crate) mod resume;
pub(crate) mod store;
pub(crate) mod suspend;
pub(crate) mod terminate;
pub(crate) mod view;
