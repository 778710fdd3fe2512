//! The agencies that an authority has appointed: they collect contributions for it, each from its own participants.
//!
//! An authority's administrator appoints them by their code and hands the participants of one over to another. Agencies do
//! not see each other.

mod api;
mod appoint;
mod authority_of;
pub(crate) mod domain;
mod error;
mod get;
mod hand_over;
mod list;
mod party;
pub(crate) mod store;
mod view;

use appoint::appoint_agency;
pub(crate) use authority_of::authority_of;
use get::get_agency;
use hand_over::hand_over_agency;
use list::list_agencies;
pub(crate) use party::party;
