//! Service levels: in how much working time support answers and solves, by severity: an organization's own, or the default.
//!
//! Support's leads set them; an organization reads its own. The clocks of a case are `domain::clocks`: whatever happens to
//! a case is taken down there, and what is due is reckoned from that by [`level_of`] the case's organization. A timer tells
//! what comes near its end and what is over, once each, and reckons anew what was reckoned by hours or targets that changed.

mod api;
mod cache;
pub(crate) mod domain;
mod get;
mod get_default;
mod set;
mod set_default;
pub(crate) mod store;
mod view;

pub(crate) use cache::{ServiceLevels, level_of};
use get::get_service_level;
use get_default::get_default_service_level;
use set::set_service_level;
use set_default::set_default_service_level;
