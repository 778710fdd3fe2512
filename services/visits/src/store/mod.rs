//! SQL and nothing else: functions over a connection; rows stay private.

pub(crate) mod benefit;
pub(crate) mod care;
pub(crate) mod care_line;
mod care_line_row;
pub(crate) mod claim;
pub(crate) mod claim_care;
mod claim_row;
pub(crate) mod claim_rules;
pub(crate) mod claim_update;
pub(crate) mod contract;
pub(crate) mod coverage;
pub(crate) mod coverage_import;
mod coverage_row;
pub(crate) mod entitlement;
mod json_bytes;
pub(crate) mod ledger;
pub(crate) mod member_ref;
pub(crate) mod organization;
pub(crate) mod payment_advice;
pub(crate) mod plan;
pub(crate) mod plan_cache;
pub(crate) mod posting;
pub(crate) mod service_type;
pub(crate) mod visit;
pub(crate) mod visit_override;
pub(crate) mod visit_row;
pub(crate) mod visit_update;
