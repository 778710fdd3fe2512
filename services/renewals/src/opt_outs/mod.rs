//! Opt-outs: contacts that want no reminders, for all agencies of an authority. Said to an agent, by an answer, by the link
//! of a mail or by one click of a mail program.

mod api;
mod create;
mod delete;
pub(crate) mod domain;
mod error;
mod events;
mod list;
pub(crate) mod replies;
mod show_unsubscribe;
mod store;
pub(crate) mod tokens;
mod unsubscribe;
mod view;

use create::create_opt_out;
use delete::delete_opt_out;
use list::list_opt_outs;
use show_unsubscribe::show_unsubscribe;
use unsubscribe::unsubscribe;
