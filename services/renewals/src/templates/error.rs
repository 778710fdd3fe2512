//! The refusals of templates, each with its reason in the contract.

use careway_contract::renewals::v1::Reason;
use careway_service::Error;

use super::domain::{Uncomposable, refusal::TemplateRefusal, values::ValueRefusal};

impl From<TemplateRefusal> for Error {
    fn from(refusal: TemplateRefusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            TemplateRefusal::UnknownPlaceholder(named) => {
                Self::new(Reason::UnknownPlaceholder, message).with("placeholder", named)
            }
            TemplateRefusal::PlainBodyNotGsm7 { at } => {
                Self::new(Reason::PlainBodyNotGsm7, message).with("at", at)
            }
            TemplateRefusal::BuiltIn => Self::new(Reason::BuiltInTemplate, message),
        }
    }
}

impl From<ValueRefusal> for Error {
    fn from(refusal: ValueRefusal) -> Self {
        let reason = match refusal {
            ValueRefusal::Missing(_) => Reason::ValueMissing,
            ValueRefusal::NotPlainText(_) => Reason::ValueNotPlainText,
        };
        Self::new(reason, refusal.to_string()).with("value", refusal.placeholder().as_str())
    }
}

impl From<Uncomposable> for Error {
    fn from(refusal: Uncomposable) -> Self {
        match refusal {
            Uncomposable::Template(refusal) => refusal.into(),
            Uncomposable::Value(refusal) => refusal.into(),
        }
    }
}
