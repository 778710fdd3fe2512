//! Campaigns: reminders to everybody on an agency's list whose card is at a step. An agent writes one, above 200 recipients a
//! second person approves it, and it plans once or every day; whether a reminder is still sent is decided when its message is
//! taken for sending.

mod api;
mod approve;
mod cancel;
mod change;
mod composing;
mod content;
mod create;
pub(crate) mod domain;
mod error;
mod events;
mod feed;
mod finish;
mod get;
mod get_statistics;
mod list;
mod list_recipients;
pub(crate) mod notice;
mod pause;
mod plan;
mod preview;
mod reject;
mod reminder_notice;
mod resume;
mod retry_failed;
mod store;
mod submit;
pub(crate) mod timers;
mod update;
mod view;

use approve::approve_campaign;
use cancel::cancel_campaign;
use create::create_campaign;
use get::get_campaign;
use get_statistics::get_statistics;
use list::list_campaigns;
use list_recipients::list_recipients;
use pause::pause_campaign;
use preview::preview_campaign;
use reject::reject_campaign;
use resume::resume_campaign;
use retry_failed::retry_failed;
use submit::submit_campaign;
use update::update_campaign;
