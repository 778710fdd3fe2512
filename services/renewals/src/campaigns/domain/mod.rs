//! A campaign: who is reminded when, in which words, at what cost; and the states it goes through.
//!
//! DRAFT → AWAITING_APPROVAL → APPROVED → SCHEDULED → RUNNING ⇄ PAUSED → COMPLETED | PARTIALLY_FAILED | CANCELLED. Up to 200
//! recipients nobody's approval is awaited. A standing campaign plans every day, and runs until it is cancelled.

pub(crate) mod approval;
pub(crate) mod pace;
pub(crate) mod plan;
pub(crate) mod recipient;
pub(crate) mod refusal;
pub(crate) mod steps;
pub(crate) mod suppression;
#[cfg(test)]
mod tests;
pub(crate) mod transitions;

use careway_kernel::{CampaignId, OrganizationId, TemplateId};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use self::{approval::Signature, steps::Steps};
use crate::messages::Channel;

/// A campaign of an agency, for the participants of one authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Campaign {
    pub(crate) id: CampaignId,
    pub(crate) authority: OrganizationId,
    pub(crate) agency: OrganizationId,
    pub(crate) content: CampaignContent,
    pub(crate) state: State,
    /// Why it is paused.
    pub(crate) pause: Option<PauseReason>,
    pub(crate) author: Uuid,
    pub(crate) submission: Option<Signature>,
    pub(crate) approval: Option<Signature>,
    /// What whoever sent it back says.
    pub(crate) rejection: String,
    /// Segments of what was sent, and of what may have been.
    pub(crate) segments_used: i64,
    /// When it is planned next; none when it is not any more.
    pub(crate) next_run_at: Option<DateTime<Utc>>,
    /// The local day that was planned last.
    pub(crate) planned_on: Option<NaiveDate>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) ended_at: Option<DateTime<Utc>>,
    pub(crate) version: i64,
}

/// What its author gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CampaignContent {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) channel: Channel,
    pub(crate) steps: Steps,
    /// The words up to the last day, and after it.
    pub(crate) due: Option<TemplateVersion>,
    pub(crate) lapsed: Option<TemplateVersion>,
    /// Not before then; at once when none.
    pub(crate) starts_at: Option<DateTime<Utc>>,
    /// How far the marked text goes.
    pub(crate) most_segments: i32,
    /// How many segments it may use up.
    pub(crate) budget: Option<i64>,
}

/// Words that do not change any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TemplateVersion {
    pub(crate) id: TemplateId,
    pub(crate) version: i64,
}

/// How often a campaign plans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Once,
    /// Every day.
    Standing,
}

impl Kind {
    pub(crate) const ALL: [Self; 2] = [Self::Once, Self::Standing];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Once => "ONCE",
            Self::Standing => "STANDING",
        }
    }
}

/// Where a campaign stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Draft,
    AwaitingApproval,
    Approved,
    Scheduled,
    Running,
    Paused,
    Completed,
    PartiallyFailed,
    Cancelled,
}

impl State {
    pub(crate) const ALL: [Self; 9] = [
        Self::Draft,
        Self::AwaitingApproval,
        Self::Approved,
        Self::Scheduled,
        Self::Running,
        Self::Paused,
        Self::Completed,
        Self::PartiallyFailed,
        Self::Cancelled,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::AwaitingApproval => "AWAITING_APPROVAL",
            Self::Approved => "APPROVED",
            Self::Scheduled => "SCHEDULED",
            Self::Running => "RUNNING",
            Self::Paused => "PAUSED",
            Self::Completed => "COMPLETED",
            Self::PartiallyFailed => "PARTIALLY_FAILED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// Why a campaign is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PauseReason {
    /// Somebody paused it.
    ByHand,
    /// Its budget is used up.
    Budget,
    /// Many more would be reminded than was approved.
    Reapproval,
}

impl PauseReason {
    pub(crate) const ALL: [Self; 3] = [Self::ByHand, Self::Budget, Self::Reapproval];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::ByHand => "BY_HAND",
            Self::Budget => "BUDGET",
            Self::Reapproval => "REAPPROVAL_NEEDED",
        }
    }
}

impl CampaignContent {
    /// The words of a step.
    pub(crate) fn template(&self, step: i32) -> Option<TemplateVersion> {
        if steps::is_lapsed(step) { self.lapsed } else { self.due }
    }
}
