//! An API client: a partner's system, with the scopes it was given and one or two living secrets.
//!
//! States: active → deleted. An administrator (`api-clients.manage`) makes, rotates and deletes clients, and gives no
//! scope that the administrator does not hold.

mod api;
mod create;
mod delete;
mod domain;
mod error;
mod get;
mod list;
mod rotate_secret;
pub(crate) mod store;
mod view;

use create::create_api_client;
use delete::delete_api_client;
use get::get_api_client;
use list::list_api_clients;
use rotate_secret::rotate_api_client_secret;
