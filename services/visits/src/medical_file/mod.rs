//! What facilities recorded of a member, open to the one that treats them: by the member's consent and the payer's rule.

mod api;
mod domain;
mod get;
mod give_consent;
pub(crate) mod store;
mod view;
mod withdraw_consent;

use get::get_medical_file;
use give_consent::give_consent;
use withdraw_consent::withdraw_consent;
