//! A patient's visit to a facility: requested, verified by code or override, admitted, discharged or cancelled.
//!
//! The facility leads it; the member may dispute it; the payer resolves disputes and reviews overrides.

pub(crate) mod access;
pub(crate) mod admit;
pub(crate) mod api;
pub(crate) mod approve_override;
mod bound;
pub(crate) mod cancel;
pub(crate) mod discharge;
pub(crate) mod dispute;
pub(crate) mod domain;
pub(crate) mod error;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod list_overrides;
pub(crate) mod notice;
pub(crate) mod notify_admission;
pub(crate) mod request_override;
pub(crate) mod resend_code;
pub(crate) mod resolve_dispute;
pub(crate) mod review_override;
pub(crate) mod start;
pub(crate) mod store;
pub(crate) mod timers;
pub(crate) mod verify;
pub(crate) mod view;
