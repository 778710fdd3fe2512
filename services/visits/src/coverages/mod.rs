//! A member's cover by a plan: active, suspended or ended. It decides what a patient is entitled to on a day.
//!
//! The payer makes and changes coverages, one by one or as a list; the facility only sees what they decide.

mod api;
mod change;
mod create;
pub(crate) mod domain;
mod error;
mod get;
mod import;
mod import_rows;
mod list;
pub(crate) mod on_member;
pub(crate) mod on_renewal;
mod registry;
mod resume;
pub(crate) mod store;
mod suspend;
mod terminate;
mod view;

use create::create_coverage;
use get::get_coverage;
use import::import_coverages;
use list::list_coverages;
use resume::resume_coverage;
use suspend::suspend_coverage;
use terminate::terminate_coverage;
