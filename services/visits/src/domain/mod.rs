//! The rules. Pure: no async, no SQL, no proto.

#[cfg_attr(not(test), expect(dead_code, reason = "pre-authorizations and claims are adjudicated"))]
pub(crate) mod adjudication;
pub(crate) mod benefit;
#[cfg_attr(not(test), expect(dead_code, reason = "claims are made of lines"))]
pub(crate) mod care;
pub(crate) mod care_facts;
#[cfg_attr(not(test), expect(dead_code, reason = "pre-authorizations and claims keep lines"))]
pub(crate) mod care_line;
pub(crate) mod claim_rules;
pub(crate) mod code;
pub(crate) mod contract;
pub(crate) mod coverage;
pub(crate) mod entitlement;
pub(crate) mod ledger;
pub(crate) mod period;
pub(crate) mod plan;
pub(crate) mod plan_rules;
#[cfg_attr(not(test), expect(dead_code, reason = "pre-authorizations and claims post"))]
pub(crate) mod posting;
pub(crate) mod preauthorization;
pub(crate) mod preauthorization_line;
pub(crate) mod preauthorization_transitions;
pub(crate) mod service_type;
pub(crate) mod tariff;
pub(crate) mod visit;
pub(crate) mod visit_override;
pub(crate) mod visit_transitions;
