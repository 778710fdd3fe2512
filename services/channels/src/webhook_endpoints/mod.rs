//! Webhook endpoints: where an organization's own systems are told of events, which ones, in which order, and with which
//! secrets messages are signed. Whoever manages webhooks of the organization sees and changes them; nobody else knows of them.

mod api;
mod create;
mod delete;
mod disable;
pub(crate) mod domain;
mod enable;
mod error;
pub(crate) mod events;
mod get;
pub(crate) mod keys;
mod list;
mod notice;
mod parse;
mod rotate_secret;
pub(crate) mod sign;
pub(crate) mod store;
mod test;
mod update;
mod view;

use create::create_webhook_endpoint;
use delete::delete_webhook_endpoint;
use disable::disable_webhook_endpoint;
use enable::enable_webhook_endpoint;
use get::get_webhook_endpoint;
use list::list_webhook_endpoints;
pub(crate) use notice::endpoint_notice;
use rotate_secret::rotate_webhook_secret;
use test::test_webhook_endpoint;
use update::update_webhook_endpoint;
