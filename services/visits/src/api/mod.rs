//! The tonic traits: one line per RPC, into its operation.

pub(crate) mod benefit_view;
mod benefits;
#[cfg_attr(not(test), expect(dead_code, reason = "claims are made of lines"))]
pub(crate) mod care_line;
mod claim_rules;
pub(crate) mod claim_rules_view;
pub(crate) mod claim_explanation;
pub(crate) mod claim_view;
mod claims;
pub(crate) mod contract_view;
mod contracts;
pub(crate) mod coverage_view;
mod coverages;
pub(crate) mod document_view;
mod documents;
mod medical_file;
pub(crate) mod medical_file_view;
pub(crate) mod payment_advice_view;
mod payment_advices;
pub(crate) mod plan_definition;
pub(crate) mod plan_view;
mod plans;
pub(crate) mod prescription_request;
pub(crate) mod prescription_view;
mod prescriptions;
pub(crate) mod preauthorization_view;
mod preauthorizations;
pub(crate) mod tariff_view;
mod tariffs;
pub(crate) mod visit_view;
pub(crate) mod visits;
