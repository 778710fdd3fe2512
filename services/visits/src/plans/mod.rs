//! What a payer insures: benefits with limits, shares and periods. A plan has versions; a version never changes.

mod api;
mod create;
mod definition;
pub(crate) mod domain;
pub(crate) mod error;
mod get;
mod list;
mod list_service_types;
mod replace;
pub(crate) mod store;
pub(crate) mod view;

use create::create_plan;
use get::get_plan;
use list::list_plans;
use list_service_types::list_service_types;
use replace::replace_plan;
