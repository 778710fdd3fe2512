//! A facility asks before it treats: requested, answered, amended or cancelled; approvals reserve benefits until they lapse.
//!
//! The facility asks and answers questions; the payer decides; the clock ends what nobody answers.

mod amend;
mod api;
pub(crate) mod cancel;
mod check;
mod decide;
mod decision_request;
pub(crate) mod domain;
mod error;
mod events;
mod get;
mod list;
pub(crate) mod notice;
mod request;
mod request_information;
mod request_parts;
mod respond;
mod settle;
pub(crate) mod store;
mod submit;
pub(crate) mod timers;
pub(crate) mod usage;
mod view;

use amend::amend_preauthorization;
use cancel::cancel_preauthorization;
use check::check_preauthorization;
use decide::decide_preauthorization;
use get::get_preauthorization;
use list::list_preauthorizations;
use request::request_preauthorization;
use request_information::request_preauthorization_information;
use respond::respond_to_preauthorization;
use submit::submit_preauthorization;
