//! Why prescriptions say no.

use chrono::NaiveDate;

use super::formulary::Warning;
use crate::adjudication::quantity::Quantity;

/// A rule of prescriptions said no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("The checks found something that the prescriber must acknowledge: {}", texts(.0))]
    WarningsNotAcknowledged(Vec<Warning>),
    #[error("The prescription was cancelled.")]
    Cancelled,
    #[error("The prescription ended on {on}.")]
    Expired { on: NaiveDate },
    #[error("Everything was handed out.")]
    NothingLeft { line: Option<i16> },
    #[error("Of line {line}, at most {available} may be handed out now.")]
    MoreThanLeft { line: i16, available: Quantity },
    #[error("The next fill of line {line} is due on {on}.")]
    RefillTooSoon { line: i16, on: NaiveDate },
    #[error("Line {line} must be handed out as it was prescribed.")]
    SubstitutionNotAllowed { line: i16 },
    #[error("The patient's payer has no contract with the facility today.")]
    NotContracted,
    #[error("The member says that the visit was not theirs.")]
    VisitDisputed,
}

fn texts(warnings: &[Warning]) -> String {
    warnings.iter().map(Warning::to_string).collect::<Vec<_>>().join(" ")
}
