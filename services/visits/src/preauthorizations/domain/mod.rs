//! A pre-authorization: what is known of it in each of its states. What may happen to it stands in
//! `preauthorization_transitions`, what becomes of its lines in `preauthorization_line`.

pub(crate) mod line;
pub(crate) mod transitions;

use careway_kernel::{CoverageId, Currency, MemberId, OrganizationId, PreauthorizationId, VisitId};
use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use uuid::Uuid;

use crate::{
    adjudication::amounts::Amounts, plans::domain::service_type::ServiceType, visits::domain::Cancellation,
};
use line::{Outcome, PreauthorizationLine};

/// Where a pre-authorization stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum State {
    Draft,
    /// Within one command only: sent, and the rules at work on it.
    Submitted,
    NotRequired,
    Approved,
    PartiallyApproved,
    Rejected,
    Pended,
    InformationRequested,
    Used,
    Expired,
    Cancelled,
}

impl State {
    pub(crate) const ALL: [Self; 11] = [
        Self::Draft,
        Self::Submitted,
        Self::NotRequired,
        Self::Approved,
        Self::PartiallyApproved,
        Self::Rejected,
        Self::Pended,
        Self::InformationRequested,
        Self::Used,
        Self::Expired,
        Self::Cancelled,
    ];

    /// The word of the database and of refusals.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::Submitted => "SUBMITTED",
            Self::NotRequired => "NOT_REQUIRED",
            Self::Approved => "APPROVED",
            Self::PartiallyApproved => "PARTIALLY_APPROVED",
            Self::Rejected => "REJECTED",
            Self::Pended => "PENDED",
            Self::InformationRequested => "INFORMATION_REQUESTED",
            Self::Used => "USED",
            Self::Expired => "EXPIRED",
            Self::Cancelled => "CANCELLED",
        }
    }

    /// Reads [`State::as_str`].
    pub(crate) fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// How soon it is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Urgency {
    Standard,
    Urgent,
}

impl Urgency {
    pub(crate) const ALL: [Self; 2] = [Self::Standard, Self::Urgent];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "STANDARD",
            Self::Urgent => "URGENT",
        }
    }

    pub(crate) fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|urgency| urgency.as_str() == word)
    }
}

/// A pre-authorization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Preauthorization {
    pub(crate) id: PreauthorizationId,
    /// 0 until it is kept.
    pub(crate) version: i64,
    pub(crate) number: String,
    pub(crate) visit: VisitId,
    pub(crate) visit_number: String,
    pub(crate) service_type: ServiceType,
    pub(crate) facility: OrganizationId,
    pub(crate) payer: OrganizationId,
    pub(crate) member: MemberId,
    /// What the member is found by.
    pub(crate) member_number_hash: Vec<u8>,
    pub(crate) coverage: CoverageId,
    pub(crate) currency: Currency,
    pub(crate) state: State,
    pub(crate) urgency: Urgency,
    pub(crate) sealed_justification: Vec<u8>,
    pub(crate) documents: Vec<Uuid>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) created_by: Uuid,
    /// When it was sent, or amended last.
    pub(crate) submitted_at: Option<DateTime<Utc>>,
    /// By when the payer must decide, or the facility answer.
    pub(crate) deadline: Option<Deadline>,
    /// What the payer's clock has left, while it stands still for an answer.
    pub(crate) stopped: Option<Duration>,
    /// Since when the payer is late.
    pub(crate) escalated_at: Option<DateTime<Utc>>,
    /// How often the payer asked.
    pub(crate) questions: u16,
    /// The last question has no answer yet.
    pub(crate) unanswered: bool,
    pub(crate) decision: Option<Decision>,
    pub(crate) validity: Option<Validity>,
    /// What was held and not used is free again, though the lines were approved.
    pub(crate) released: bool,
    pub(crate) cancellation: Option<Cancellation>,
    /// Where the money of the lines goes that are still asked for; none in a draft.
    pub(crate) totals: Option<Amounts>,
    /// In their sequence.
    pub(crate) lines: Vec<PreauthorizationLine>,
}

/// When somebody must have acted, and when they are warned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Deadline {
    pub(crate) due_at: DateTime<Utc>,
    pub(crate) warn_at: DateTime<Utc>,
    pub(crate) warned_at: Option<DateTime<Utc>>,
}

/// When it was decided last, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) at: DateTime<Utc>,
    /// None where the rules decided.
    pub(crate) by: Option<Uuid>,
}

/// The days an approval is good for, both inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Validity {
    pub(crate) from: NaiveDate,
    pub(crate) to: NaiveDate,
}

/// How long a payer gives itself and the facility, and how far it trusts the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rules {
    pub(crate) standard: Duration,
    pub(crate) urgent: Duration,
    /// For the facility's answer.
    pub(crate) answer: Duration,
    pub(crate) validity_days: u16,
    /// Up to so much of the payer's part, in minor units, no person is needed; none: always one.
    pub(crate) automatic_up_to: Option<i64>,
}

impl Deadline {
    /// So long from now; with a warning when three quarters of the time are over.
    pub(crate) fn within(now: DateTime<Utc>, time: Duration) -> Self {
        let time = time.max(Duration::zero());
        Self { due_at: now + time, warn_at: now + time * 3 / 4, warned_at: None }
    }

    pub(crate) fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.due_at <= now
    }
}

impl Validity {
    /// No approval is good for longer.
    pub(crate) const LONGEST_DAYS: u64 = 366;

    /// So many days, the first included.
    pub(crate) fn days_from(from: NaiveDate, days: u16) -> Self {
        let to = from.checked_add_days(Days::new(u64::from(days.max(1)) - 1)).unwrap_or(from);
        Self { from, to }
    }
}

impl Rules {
    /// How long the payer has.
    pub(crate) fn time(&self, urgency: Urgency) -> Duration {
        match urgency {
            Urgency::Standard => self.standard,
            Urgency::Urgent => self.urgent,
        }
    }
}

impl Preauthorization {
    /// The payer should have decided by now.
    pub(crate) fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        self.state == State::Pended && self.deadline.is_some_and(|deadline| deadline.is_over(now))
    }

    /// The lines, by their ids, that hold something of the member's benefits: what is approved, and what was before an
    /// amendment that is not decided yet.
    pub(crate) fn held(&self) -> Vec<Uuid> {
        if self.released || matches!(self.state, State::Cancelled | State::Expired) {
            return Vec::new();
        }
        self.lines.iter().filter_map(PreauthorizationLine::holds).collect()
    }

    /// The lines that wait for a decision.
    pub(crate) fn pending(&self) -> impl Iterator<Item = &PreauthorizationLine> {
        self.lines.iter().filter(|line| line.outcome == Outcome::Pending)
    }

    /// Where it stands when no line waits any more.
    pub(crate) fn concluded(&self) -> State {
        let count = |outcome| self.lines.iter().filter(|line| line.outcome == outcome).count();
        let [approved, adjusted, rejected] =
            [Outcome::Approved, Outcome::Adjusted, Outcome::Rejected].map(count);
        match (approved, adjusted, rejected) {
            (0, 0, 0) if count(Outcome::NotRequired) > 0 => State::NotRequired,
            (0, 0, 0) => State::Cancelled,
            (_, 0, 0) => State::Approved,
            (0, 0, _) => State::Rejected,
            _ => State::PartiallyApproved,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
