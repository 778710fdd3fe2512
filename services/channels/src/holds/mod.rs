//! Times that channels hold while somebody decides: ten minutes each, and none that somebody else has.

mod api;
mod create;
pub(crate) mod domain;
mod error;
mod release;
pub(crate) mod store;
mod view;

use create::create_hold;
use release::release_hold;
