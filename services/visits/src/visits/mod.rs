//! A patient's visit to a facility: requested, verified by code or override, admitted, discharged or cancelled.
//!
//! The facility leads it; the member may dispute it; the payer resolves disputes and reviews overrides.

pub(crate) mod access;
mod admit;
mod api;
mod approve_override;
mod cancel;
mod discharge;
mod dispute;
pub(crate) mod domain;
pub(crate) mod error;
mod get;
mod list;
mod list_overrides;
pub(crate) mod notice;
mod notify_admission;
mod request_override;
mod resend_code;
mod resolve_dispute;
mod review_override;
mod start;
pub(crate) mod store;
pub(crate) mod timers;
mod verify;
mod view;

use admit::admit_visit;
use approve_override::approve_visit_override;
use cancel::cancel_visit;
use discharge::discharge_visit;
use dispute::dispute_visit;
use get::get_visit;
use list::list_visits;
use list_overrides::list_visit_overrides;
use notify_admission::notify_admission;
use request_override::request_visit_override;
use resend_code::resend_visit_code;
use resolve_dispute::resolve_visit_dispute;
use review_override::review_visit_override;
use start::start_visit;
use verify::verify_visit;
