//! What channels do with bookings: they make, read, move and cancel their own.

mod api;
mod cancel;
pub(crate) mod create;
mod get;
mod list;
pub(crate) mod parse;
mod reschedule;

use cancel::cancel_channel_booking;
use create::create_channel_booking;
use get::get_channel_booking;
use list::list_channel_bookings;
use reschedule::reschedule_channel_booking;
