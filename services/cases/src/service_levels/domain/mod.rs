//! What support promises: by severity, in how much working time it answers and solves, and by which calendar.

pub(crate) mod clocks;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::work_calendars::domain::WorkCalendar;

/// How much depends on a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Severity {
    Low,
    Normal,
    High,
    Urgent,
}

/// Minutes of working time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Targets {
    /// To the first answer, from the opening.
    pub(crate) first_response: u32,
    /// To every other answer, from the partner's first message without one.
    pub(crate) next_response: u32,
    /// To the solution, from the opening, while the partner is not waited for.
    pub(crate) resolution: u32,
}

/// The targets of every severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TargetsBySeverity {
    pub(crate) low: Targets,
    pub(crate) normal: Targets,
    pub(crate) high: Targets,
    pub(crate) urgent: Targets,
}

/// What an organization's cases are measured by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServiceLevel {
    pub(crate) targets: TargetsBySeverity,
    pub(crate) calendar: Arc<WorkCalendar>,
    /// Grows whenever targets or calendar change: what was reckoned by an older one is reckoned anew.
    pub(crate) basis: i64,
}

impl Severity {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Urgent];

    /// Its name, as in the contract and in the database.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "LOW",
            Self::Normal => "NORMAL",
            Self::High => "HIGH",
            Self::Urgent => "URGENT",
        }
    }
}

impl TargetsBySeverity {
    /// Those of one severity.
    pub(crate) const fn of(&self, severity: Severity) -> Targets {
        match severity {
            Severity::Low => self.low,
            Severity::Normal => self.normal,
            Severity::High => self.high,
            Severity::Urgent => self.urgent,
        }
    }
}

/// So many minutes.
fn minutes(minutes: u32) -> TimeDelta {
    TimeDelta::minutes(minutes.into())
}
