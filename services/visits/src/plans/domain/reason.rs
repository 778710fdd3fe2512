//! Why a member is not entitled to a service.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Why not. Every negative answer is distinct.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Reason {
    /// The payer never covered this member.
    UnknownCard,
    /// The cover ended and was not renewed.
    Lapsed,
    /// The payer suspended the cover.
    Suspended,
    /// A newer card took this one's place.
    Replaced,
    /// The payer ended the cover.
    Terminated,
    /// The cover starts later.
    NotYetStarted,
    /// The payer has no contract with the facility on that day.
    FacilityNotContracted,
    /// The plan does not cover it.
    ServiceNotCovered,
    /// The plan covers it, the contract with this facility does not.
    ServiceNotContracted,
    /// The member joined too recently.
    WaitingPeriod {
        /// The first day on which it is covered.
        until: NaiveDate,
    },
}

impl Reason {
    /// The first day on which the answer will be another, where that is known.
    pub(crate) const fn until(self) -> Option<NaiveDate> {
        match self {
            Self::WaitingPeriod { until } => Some(until),
            _ => None,
        }
    }
}
