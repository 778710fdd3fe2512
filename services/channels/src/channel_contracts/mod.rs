//! What a provider and a channel agreed: one side records it, the other confirms it. Nothing is synchronised without one
//! that is in force.

mod api;
mod confirm;
mod create;
mod domain;
mod error;
mod get;
mod list;
mod store;
mod view;

use confirm::confirm_channel_contract;
use create::create_channel_contract;
use get::get_channel_contract;
use list::list_channel_contracts;
