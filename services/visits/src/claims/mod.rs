//! What a facility asks a payer for a visit: draft, submitted, in review, decided, appealed, paid, recalled or corrected.
//!
//! The facility writes, submits, recalls, appeals, and corrects what was paid (X12 claim frequency codes 7 and 8); the payer's
//! rules or reviewer decide; the ledger takes what is paid.

mod api;
mod appeal;
mod correct;
mod create;
mod decide_appeal;
mod domain;
mod error;
mod events;
mod explanation_view;
mod get;
mod get_explanation;
mod import;
mod lint;
mod list;
mod locked;
mod locked_head;
pub(crate) mod notice;
pub(crate) mod payments;
mod read_explanation;
mod recall;
mod resubmit;
mod review;
mod review_request;
mod store;
mod submit;
mod update;
mod view;
mod void;
mod write;

use appeal::appeal_claim;
use correct::correct_claim;
use create::create_claim;
use decide_appeal::decide_claim_appeal;
use get::get_claim;
use get_explanation::get_claim_explanation;
use import::import_claims;
use lint::lint_claim;
use list::list_claims;
use payments::mark_claim_paid::mark_claim_paid;
use read_explanation::read_claim_explanation;
use recall::recall_claim;
use resubmit::resubmit_claim;
use review::review_claim;
use submit::submit_claim;
use update::update_claim;
use void::void_claim;
