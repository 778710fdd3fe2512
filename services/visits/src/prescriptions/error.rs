//! Why a prescription is refused: every refusal of its rules, with its code and reason.

use careway_service::{Error, Kind};
use chrono::NaiveDate;

use super::domain::formulary::Warning;
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

impl Refusal {
    const fn reason(&self) -> &'static str {
        match self {
            Self::WarningsNotAcknowledged(_) => "WARNINGS_NOT_ACKNOWLEDGED",
            Self::Cancelled => "PRESCRIPTION_CANCELLED",
            Self::Expired { .. } => "PRESCRIPTION_EXPIRED",
            Self::NothingLeft { .. } => "NOTHING_LEFT",
            Self::MoreThanLeft { .. } => "MORE_THAN_LEFT",
            Self::RefillTooSoon { .. } => "REFILL_TOO_SOON",
            Self::SubstitutionNotAllowed { .. } => "SUBSTITUTION_NOT_ALLOWED",
            Self::NotContracted => "FACILITY_NOT_CONTRACTED",
            Self::VisitDisputed => "VISIT_DISPUTED",
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let error = Self::new(Kind::Refused, refusal.reason(), refusal.to_string());
        match refusal {
            Refusal::MoreThanLeft { line, available } => {
                error.with("lineNumber", line).with("available", available)
            }
            Refusal::RefillTooSoon { line, on } => error.with("lineNumber", line).with("nextFillOn", on),
            Refusal::NothingLeft { line: Some(line) } | Refusal::SubstitutionNotAllowed { line } => {
                error.with("lineNumber", line)
            }
            _ => error,
        }
    }
}

fn texts(warnings: &[Warning]) -> String {
    warnings.iter().map(Warning::to_string).collect::<Vec<_>>().join(" ")
}
