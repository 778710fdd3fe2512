//! An organization of the network: a facility, payer, agency, authority, partner, channel, or the platform itself.
//!
//! States: `ACTIVE` ⇄ `SUSPENDED`. An operator of the platform registers, changes and suspends organizations
//! (`organizations.manage`). Everybody sees the public face of every organization, and the whole of their own.

mod api;
pub(crate) mod create;
pub(crate) mod domain;
mod error;
mod get;
mod list;
mod resolve;
pub(crate) mod store;
mod update;
pub(crate) mod view;

use create::create_organization;
use get::get_organization;
use list::list_organizations;
use resolve::resolve_organization;
use update::update_organization;
