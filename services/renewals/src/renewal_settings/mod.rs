//! What an authority says of contributions, cards and the renewal list: its own word, or the law's where it says nothing.
//!
//! The authority's administrator sets it; the agencies that it appointed quote and renew by it.

mod api;
pub(crate) mod domain;
mod get;
mod set;
pub(crate) mod store;
mod view;

use get::get_renewal_settings;
use set::set_renewal_settings;
