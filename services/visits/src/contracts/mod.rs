//! The agreement of a payer with a facility: only under one that holds on the day is care paid.

mod api;
mod create;
mod domain;
mod end;
mod error;
mod get;
mod list;
pub(crate) mod store;
mod view;

use create::create_contract;
use end::end_contract;
use get::get_contract;
use list::list_contracts;
