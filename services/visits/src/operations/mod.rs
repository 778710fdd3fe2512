//! One file per use case, named as its RPC.

pub(crate) mod admit_visit;
pub(crate) mod approve_visit_override;
pub(crate) mod cancel_visit;
pub(crate) mod discharge_visit;
pub(crate) mod dispute_visit;
pub(crate) mod get_visit;
pub(crate) mod get_visit_notice;
pub(crate) mod list_visit_overrides;
pub(crate) mod list_visits;
pub(crate) mod notify_admission;
pub(crate) mod request_visit_override;
pub(crate) mod resend_visit_code;
pub(crate) mod resolve_visit_dispute;
pub(crate) mod review_visit_override;
pub(crate) mod start_visit;
pub(crate) mod verify_visit;
pub(crate) mod visit_callers;
pub(crate) mod visit_rules;
