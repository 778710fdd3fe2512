//! What a payer asks of visits and claims: notices, limits, deadlines and what goes to a reviewer.

mod api;
pub(crate) mod domain;
mod get_claim_rules;
mod get_payer_claim_rules;
mod get_visit_rules;
mod set_claim_rules;
mod set_visit_rules;
pub(crate) mod store;
mod view;

use get_claim_rules::get_claim_rules;
use get_payer_claim_rules::get_payer_claim_rules;
use get_visit_rules::get_visit_rules;
use set_claim_rules::set_claim_rules;
use set_visit_rules::set_visit_rules;
