//! Who and what examinations need: practitioners, rooms, devices, each with a calendar. The provider alone sees them.

mod api;
pub(crate) mod calendar_view;
mod create;
mod delete;
pub(crate) mod domain;
mod get;
mod get_calendar;
mod list;
mod set_calendar;
pub(crate) mod store;
mod view;

use create::create_resource;
use delete::delete_resource;
use get::get_resource;
use get_calendar::get_calendar;
use list::list_resources;
use set_calendar::set_calendar;
