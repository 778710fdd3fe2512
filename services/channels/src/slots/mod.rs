//! When examinations can be booked: computed from the calendars of what they need, less what is taken, and never stored. The
//! provider sees its own; a channel what is published to it by a live connection.

mod api;
pub(crate) mod domain;
mod error;
mod list;
mod list_availability;
pub(crate) mod look_up;
pub(crate) mod store;
mod view;
mod window;

use list::list_service_slots;
use list_availability::list_availability;
use look_up::look_up_slots;
