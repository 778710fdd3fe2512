//! The refusals of participants, each with its reason in the contract.

use careway_contract::renewals::v1::Reason;
use careway_kernel::Violations;
use careway_service::Error;

use super::domain::{change::NothingToConfirm, refusal::AuthorityField};

impl From<AuthorityField> for Error {
    fn from(refusal: AuthorityField) -> Self {
        let error = Self::new(Reason::AuthorityField, refusal.to_string());
        match refusal.field {
            Some(field) => error.with("field", field),
            None => error,
        }
    }
}

impl From<NothingToConfirm> for Error {
    fn from(refusal: NothingToConfirm) -> Self {
        Violations::one("phoneConfirmed", refusal).into()
    }
}
