//! What a channel's booking server answers the Actions Center (Maps Booking API v3), and the feeds it is given. A merchant is a
//! connection. A failure is an answer: the same token has the same one.

mod api;
mod check_health;
mod create_booking;
mod domain;
mod error;
mod failure;
mod get_booking_status;
mod get_feed;
mod list_bookings;
mod look_up_slots;
mod parse;
mod store;
pub(crate) mod timers;
mod update_booking;
mod view;

use check_health::check_actions_center_health;
use create_booking::create_actions_center_booking;
use get_booking_status::get_actions_center_booking_status;
use get_feed::get_actions_center_feed;
use list_bookings::list_actions_center_bookings;
use look_up_slots::look_up_actions_center_slots;
use update_booking::update_actions_center_booking;
