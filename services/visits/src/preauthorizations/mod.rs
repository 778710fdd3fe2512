//! A facility asks before it treats: requested, answered, amended or cancelled; approvals reserve benefits until they lapse.
//!
//! The facility asks and answers questions; the payer decides; the clock ends what nobody answers.

pub(crate) mod amend;
pub(crate) mod api;
pub(crate) mod cancel;
pub(crate) mod check;
pub(crate) mod decide;
pub(crate) mod decision_request;
pub(crate) mod domain;
pub(crate) mod error;
pub(crate) mod events;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod notice;
pub(crate) mod request;
pub(crate) mod request_information;
pub(crate) mod request_parts;
pub(crate) mod respond;
pub(crate) mod settle;
pub(crate) mod store;
pub(crate) mod submit;
pub(crate) mod timers;
pub(crate) mod usage;
pub(crate) mod view;
