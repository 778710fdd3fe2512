//! SQL and nothing else: functions over a connection; rows stay private.

pub(crate) mod benefit;
pub(crate) mod care;
#[cfg_attr(not(test), expect(dead_code, reason = "pre-authorizations and claims keep lines"))]
pub(crate) mod care_line;
mod care_line_row;
pub(crate) mod claim_rules;
pub(crate) mod contract;
pub(crate) mod coverage;
pub(crate) mod coverage_import;
mod coverage_row;
pub(crate) mod document;
#[cfg_attr(not(test), expect(dead_code, reason = "pre-authorizations and claims cite"))]
pub(crate) mod document_citation;
pub(crate) mod entitlement;
pub(crate) mod ledger;
pub(crate) mod medical_file;
pub(crate) mod member_ref;
pub(crate) mod organization;
pub(crate) mod plan;
pub(crate) mod plan_cache;
pub(crate) mod posting;
pub(crate) mod prescription;
pub(crate) mod preauthorization;
pub(crate) mod preauthorization_facts;
pub(crate) mod preauthorization_question;
mod preauthorization_row;
pub(crate) mod service_type;
pub(crate) mod tariff;
pub(crate) mod tariff_import;
pub(crate) mod visit;
pub(crate) mod visit_override;
pub(crate) mod visit_row;
pub(crate) mod visit_update;
