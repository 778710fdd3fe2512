//! Why a plan is refused.

use careway_service::{Error, Kind};

/// The payer has no such plan, or not in this version.
pub(crate) fn plan_unknown() -> Error {
    Error::new(Kind::Unprocessable, "PLAN_UNKNOWN", "The payer has no such plan, or not in this version.")
}

/// `plan_code_once`.
pub(crate) fn plan_code_taken() -> Error {
    Error::new(Kind::Conflict, "PLAN_CODE_TAKEN", "Another plan has this code.")
}
