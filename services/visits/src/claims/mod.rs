//! What a facility asks a payer for a visit: draft, submitted, in review, decided, appealed, paid or recalled.
//!
//! The facility writes, submits, recalls and appeals; the payer's rules or reviewer decide; the ledger takes what is paid.

pub(crate) mod api;
pub(crate) mod appeal;
pub(crate) mod create;
pub(crate) mod decide_appeal;
pub(crate) mod domain;
pub(crate) mod error;
pub(crate) mod events;
pub(crate) mod explanation_view;
pub(crate) mod get;
pub(crate) mod get_explanation;
pub(crate) mod import;
pub(crate) mod lint;
pub(crate) mod list;
pub(crate) mod locked;
pub(crate) mod locked_head;
pub(crate) mod notice;
pub(crate) mod payments;
pub(crate) mod read_explanation;
pub(crate) mod recall;
pub(crate) mod resubmit;
pub(crate) mod review;
pub(crate) mod review_request;
pub(crate) mod store;
pub(crate) mod submit;
pub(crate) mod update;
pub(crate) mod view;
pub(crate) mod write;
