//! Examinations that a provider offers by channels: how long each takes, and which resources it needs. The provider alone
//! sees them here; channels see what is published to them.

mod api;
mod create;
mod delete;
pub(crate) mod domain;
mod error;
mod get;
mod list;
mod parse;
mod set;
pub(crate) mod store;
mod view;

use create::create_service;
use delete::delete_service;
use get::get_service;
use list::list_services;
use set::set_service;
