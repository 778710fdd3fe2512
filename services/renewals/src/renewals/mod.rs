//! Cards that are to be renewed, and the contributions that renew them.
//!
//! The authority says what is to be renewed; the agency that has the participant collects and renews; the authority watches
//! and may take a renewal back. A renewal of the authority's data is shown only while the same agency has its participant and
//! the card ends on that very day: everything else is among the authority's mismatches. Visits extends the cover.

mod api;
mod cards;
pub(crate) mod domain;
mod error;
mod events;
mod export;
mod feed;
mod get;
mod list;
mod list_mismatches;
pub(crate) mod notice;
pub(crate) mod on_cover;
mod quote;
mod renew;
pub(crate) mod store;
mod undo;
mod view;
mod watch;

use export::export_renewals;
pub(crate) use feed::Feed;
use get::get_renewal;
use list::list_renewals;
use list_mismatches::list_mismatches;
use quote::quote_renewals;
use renew::renew;
use undo::undo_renewal;
use watch::{Changes, watch_renewals};
