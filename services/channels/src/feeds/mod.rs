//! What channels read of the providers that they are connected with: the catalogue as it is, and its changes as a feed (RPDE 1.0)
//! whose order is that of commits.

mod api;
mod catalogue;
mod changes;
pub(crate) mod domain;
pub(crate) mod on_organization_changed;
pub(crate) mod store;
pub(crate) mod timers;
mod view;

use catalogue::get_catalogue;
use changes::list_feed_changes;
