//! What a payer asks of visits and claims: notices, limits, deadlines and what goes to a reviewer.

pub(crate) mod api;
pub(crate) mod domain;
pub(crate) mod get_claim_rules;
pub(crate) mod get_payer_claim_rules;
pub(crate) mod get_visit_rules;
pub(crate) mod set_claim_rules;
pub(crate) mod set_visit_rules;
pub(crate) mod store;
pub(crate) mod view;
