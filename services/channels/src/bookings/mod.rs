//! Appointments that channels booked: PENDING or BOOKED, then DECLINED, CANCELLED, NO_SHOW or FULFILLED. What a provider
//! does with them stands here, what channels do in `channel_bookings`.

mod api;
pub(crate) mod audit;
mod cancel;
pub(crate) mod change;
mod confirm;
mod decline;
pub(crate) mod domain;
mod error;
pub(crate) mod events;
mod fulfil;
mod get;
mod list;
mod mark_missed;
pub(crate) mod met;
pub(crate) mod moving;
pub(crate) mod parse;
pub(crate) mod read;
mod reschedule;
pub(crate) mod store;
pub(crate) mod timers;
pub(crate) mod view;

use cancel::cancel_booking;
use confirm::confirm_booking;
use decline::decline_booking;
use fulfil::fulfil_booking;
use get::get_booking;
use list::list_bookings;
use mark_missed::mark_booking_missed;
use reschedule::reschedule_booking;
