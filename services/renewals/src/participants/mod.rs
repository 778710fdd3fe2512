//! The people who take part in household health insurance: unique by BHXH number at their authority, which gives their data.
//!
//! The agency that has a participant changes how they are reached, the result of its asking and a note, and nothing else;
//! what it was before is remembered. Never is a contact told to identity: one-time codes go to a member's phone, and an
//! agent who could change that could check patients in.

mod api;
pub(crate) mod domain;
mod error;
mod events;
mod export;
mod get;
mod list;
mod list_changes;
mod list_messages;
pub(crate) mod store;
mod suspect;
mod update;
pub(crate) mod view;

use export::export_participants;
use get::get_participant;
use list::list_participants;
use list_changes::list_participant_changes;
use list_messages::list_participant_messages;
pub(crate) use suspect::{suspect_address, suspect_number};
use update::update_participant;
