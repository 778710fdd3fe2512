//! What a payer asks of visits and claims: notices, limits, deadlines and what goes to a reviewer.

pub(crate) mod api;
pub(crate) mod claim_rules;
pub(crate) mod domain;
pub(crate) mod store;
pub(crate) mod view;
pub(crate) mod visit_rules;
