//! The tonic traits: one line per RPC, into its operation.

pub(crate) mod benefit_view;
mod benefits;
pub(crate) mod care_line;
pub(crate) mod claim_explanation;
pub(crate) mod claim_view;
mod claims;
pub(crate) mod contract_view;
mod contracts;
pub(crate) mod coverage_view;
mod coverages;
pub(crate) mod payment_advice_view;
mod payment_advices;
pub(crate) mod plan_definition;
pub(crate) mod plan_view;
mod plans;
pub(crate) mod visit_view;
pub(crate) mod visits;
