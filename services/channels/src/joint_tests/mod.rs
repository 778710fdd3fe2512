//! What a joint test sees: steps turn green by what the two systems did, and three of them by what the channel's system answers
//! when it is asked. What is booked meanwhile is on test calendars.

mod api;
mod check_step;
mod observer;
mod trial;

use check_step::check_test_step;
pub(crate) use observer::{Observer, saw};
