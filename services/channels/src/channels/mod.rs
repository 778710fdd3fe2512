//! Channels: what each says of itself, for providers that want to connect. The channel alone changes it.

mod api;
mod get;
mod list;
mod set_profile;
mod store;
mod view;

use get::get_channel;
use list::list_channels;
use set_profile::set_channel_profile;
