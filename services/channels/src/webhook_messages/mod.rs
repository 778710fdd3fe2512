//! Webhook messages: events on their way to endpoints. An event that comes is rendered once, and kept for every endpoint that
//! hears it; replicas then take turns with endpoints, and send what is due.

mod api;
pub(crate) mod domain;
mod list;
mod list_attempts;
pub(crate) mod on_event;
mod recover;
mod resend;
mod round;
pub(crate) mod store;
pub(crate) mod timers;
mod turn;
pub(crate) mod turns;
mod view;

use list::list_webhook_messages;
use list_attempts::list_webhook_attempts;
use recover::recover_webhook_endpoint;
use resend::resend_webhook_message;
