//! Templates: the words of reminders, by purpose, channel and language, in two texts. An agency uses its own, those of its
//! authorities, and those that are built in.

mod api;
mod content;
mod create;
pub(crate) mod domain;
mod error;
pub(crate) mod find;
mod get;
mod list;
mod preview;
mod replace;
pub(crate) mod store;
mod texts;
mod view;

pub(crate) use content::{channel, most_segments};
use create::create_template;
use get::get_template;
use list::list_templates;
use preview::preview_template;
use replace::replace_template;
pub use texts::BuiltInReminder;
pub(crate) use view::{channel as shown_channel, preview as shown_preview};
