//! Medicines that a clinician of one facility issues and pharmacies dispense: issued, partly or wholly dispensed, cancelled, expired.

mod api;
mod cancel;
mod dispense;
pub(crate) mod domain;
mod error;
mod find;
mod get;
mod issue;
mod list_of_visit;
pub(crate) mod notice;
mod request;
mod store;
pub(crate) mod view;

use cancel::cancel_prescription;
use dispense::dispense_prescription;
use find::find_prescription;
use get::get_prescription;
use issue::issue_prescription;
use list_of_visit::list_visit_prescriptions;
