//! The rules. Pure: no async, no SQL, no proto.

pub(crate) mod adjudication;
pub(crate) mod benefit;
pub(crate) mod care;
pub(crate) mod care_facts;
pub(crate) mod care_line;
pub(crate) mod claim;
pub(crate) mod claim_phrases;
pub(crate) mod claim_review;
pub(crate) mod claim_rules;
pub(crate) mod claim_transitions;
pub(crate) mod code;
pub(crate) mod contract;
pub(crate) mod coverage;
pub(crate) mod entitlement;
pub(crate) mod ledger;
pub(crate) mod payment_advice;
pub(crate) mod period;
pub(crate) mod plan;
pub(crate) mod plan_rules;
pub(crate) mod posting;
pub(crate) mod service_type;
pub(crate) mod visit;
pub(crate) mod visit_override;
pub(crate) mod visit_transitions;
