//! Work calendars: when support works, by which the clocks of cases run.
//!
//! They are the platform's: its leads set them. Support reads any, an organization those of its service level.

mod api;
pub(crate) mod domain;
mod get;
mod list;
mod set;
pub(crate) mod store;
mod view;

use get::get_work_calendar;
use list::list_work_calendars;
use set::set_work_calendar;
