//! A member's cover under one version of a plan, from a first to a last day.

pub(crate) mod choice;
pub(crate) mod entitlement;

use careway_kernel::{CoverageId, FamilyId, MemberId, MemberNumber, OrganizationId, PlanId};
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::plans::domain::reason::Reason;

/// A coverage. No two of one member at one payer overlap; the database sees to that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Coverage {
    pub(crate) id: CoverageId,
    pub(crate) payer: OrganizationId,
    pub(crate) member: MemberId,
    pub(crate) family: FamilyId,
    pub(crate) plan: PlanId,
    /// Kept for the coverage's life: a new version of the plan does not reach it.
    pub(crate) plan_version: i32,
    pub(crate) from: NaiveDate,
    /// The last day, inclusive; the day before `from` when the cover never came into force.
    pub(crate) to: NaiveDate,
    /// The member's own start: waiting periods run from here, and a card that replaces another keeps it.
    pub(crate) member_since: NaiveDate,
    /// Policy years start on this day of the year; a card that replaces another keeps it, so that its limits
    /// do not start afresh.
    pub(crate) policy_year_from: NaiveDate,
    pub(crate) status: CoverageStatus,
    pub(crate) suspensions: Vec<Suspension>,
    pub(crate) termination: Option<TerminationReason>,
    pub(crate) replaced_by: Option<CoverageId>,
    pub(crate) version: i64,
    pub(crate) created_at: DateTime<Utc>,
}

/// What the payer last did with a coverage. That its last day has passed is no status but a matter of the date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum CoverageStatus {
    Active,
    Suspended,
    Terminated,
    Replaced,
}

impl CoverageStatus {
    pub(crate) const ALL: [Self; 4] = [Self::Active, Self::Suspended, Self::Terminated, Self::Replaced];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Suspended => "SUSPENDED",
            Self::Terminated => "TERMINATED",
            Self::Replaced => "REPLACED",
        }
    }
}

/// Days without cover in the middle of a coverage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Suspension {
    pub(crate) from: NaiveDate,
    /// The first day covered again.
    pub(crate) until: Option<NaiveDate>,
    pub(crate) reason: SuspensionReason,
}

/// Why a payer suspends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum SuspensionReason {
    Unpaid,
    UnderReview,
    MemberRequest,
    Other,
}

impl SuspensionReason {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Unpaid => "UNPAID",
            Self::UnderReview => "UNDER_REVIEW",
            Self::MemberRequest => "MEMBER_REQUEST",
            Self::Other => "OTHER",
        }
    }
}

/// Why a payer ends a cover before its last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum TerminationReason {
    Unpaid,
    LeftGroup,
    Deceased,
    MemberRequest,
    Fraud,
    EnteredInError,
    Other,
}

impl TerminationReason {
    pub(crate) const ALL: [Self; 7] = [
        Self::Unpaid,
        Self::LeftGroup,
        Self::Deceased,
        Self::MemberRequest,
        Self::Fraud,
        Self::EnteredInError,
        Self::Other,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Unpaid => "UNPAID",
            Self::LeftGroup => "LEFT_GROUP",
            Self::Deceased => "DECEASED",
            Self::MemberRequest => "MEMBER_REQUEST",
            Self::Fraud => "FRAUD",
            Self::EnteredInError => "ENTERED_IN_ERROR",
            Self::Other => "OTHER",
        }
    }
}

/// A row of a list of coverages, right in itself; the database knows whether member and plan exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListedCoverage {
    pub(crate) row: u32,
    pub(crate) number: MemberNumber,
    pub(crate) plan_code: String,
    pub(crate) from: NaiveDate,
    pub(crate) to: NaiveDate,
    pub(crate) member_since: Option<NaiveDate>,
}

/// Why a coverage cannot be made or changed so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CoverageRefusal {
    #[error("The coverage is not active.")]
    NotActive,
    #[error("The coverage is not suspended.")]
    NotSuspended,
    #[error("The coverage has ended.")]
    Ended,
    #[error("The date lies outside the coverage's period.")]
    OutsidePeriod,
    #[error("The date lies before the suspension.")]
    BeforeSuspension,
    #[error("The payer has no member with this number.")]
    MemberUnknown,
    #[error("The member has another cover in this period.")]
    Overlaps,
}

/// What is said of such a last day.
pub(crate) const BEFORE_BIRTH: &str = "must not be before the member's birth";

/// Whether a cover with this last day ends before the birth: nobody is covered then.
pub(crate) fn ends_before_birth(to: NaiveDate, birth_date: NaiveDate) -> bool {
    to < birth_date
}

/// Whether a cover with this last day may end before somebody's birth. Nobody was born later than today, wherever that is.
pub(crate) fn may_end_before_birth(to: NaiveDate, now: DateTime<Utc>) -> bool {
    to <= now.date_naive()
}

/// The last day of a coverage whose renewal was taken back: it never was in force, or it ends today once it was used.
pub(crate) fn undone_last_day(coverage: &Coverage, today: NaiveDate, used: bool) -> NaiveDate {
    let never = coverage.from.pred_opt().unwrap_or(coverage.from);
    if used { today.clamp(never, coverage.to) } else { never }
}

impl Coverage {
    /// Why the coverage does not cover that day; none when it does.
    pub(crate) fn refusal_on(&self, day: NaiveDate) -> Option<Reason> {
        let never_in_force = self.to < self.from;
        if day > self.to || never_in_force {
            return Some(match self.status {
                CoverageStatus::Replaced => Reason::Replaced,
                CoverageStatus::Terminated => Reason::Terminated,
                CoverageStatus::Active | CoverageStatus::Suspended => Reason::Lapsed,
            });
        }
        if day < self.from {
            return Some(Reason::NotYetStarted);
        }
        let suspended = |s: &Suspension| s.from <= day && s.until.is_none_or(|until| day < until);
        self.suspensions.iter().any(suspended).then_some(Reason::Suspended)
    }

    /// Nothing is covered from this day on, until the cover is resumed.
    pub(crate) fn suspend(
        mut self,
        from: NaiveDate,
        reason: SuspensionReason,
    ) -> Result<Self, CoverageRefusal> {
        match self.status {
            CoverageStatus::Active => {}
            CoverageStatus::Suspended => return Err(CoverageRefusal::NotActive),
            CoverageStatus::Terminated | CoverageStatus::Replaced => return Err(CoverageRefusal::Ended),
        }
        if from < self.from || from > self.to {
            return Err(CoverageRefusal::OutsidePeriod);
        }
        self.suspensions.push(Suspension { from, until: None, reason });
        self.status = CoverageStatus::Suspended;
        Ok(self.changed())
    }

    /// Covered again from this day on; from the suspension's own first day, as if it had never been.
    pub(crate) fn resume(mut self, on: NaiveDate) -> Result<Self, CoverageRefusal> {
        let open = self.suspensions.iter_mut().find(|suspension| suspension.until.is_none());
        let (CoverageStatus::Suspended, Some(open)) = (self.status, open) else {
            return Err(CoverageRefusal::NotSuspended);
        };
        if on < open.from {
            return Err(CoverageRefusal::BeforeSuspension);
        }
        open.until = Some(on);
        self.status = CoverageStatus::Active;
        Ok(self.changed())
    }

    /// Ends the cover early; with the day before its first, it never was in force.
    pub(crate) fn terminate(
        mut self,
        last_day: NaiveDate,
        reason: TerminationReason,
    ) -> Result<Self, CoverageRefusal> {
        self.end(last_day)?;
        self.termination = Some(reason);
        self.status = CoverageStatus::Terminated;
        Ok(self.changed())
    }

    /// A newer card takes over on its own first day.
    pub(crate) fn replace(mut self, by: CoverageId, from: NaiveDate) -> Result<Self, CoverageRefusal> {
        self.end(from.checked_sub_days(Days::new(1)).ok_or(CoverageRefusal::OutsidePeriod)?)?;
        self.replaced_by = Some(by);
        self.status = CoverageStatus::Replaced;
        Ok(self.changed())
    }

    fn end(&mut self, last_day: NaiveDate) -> Result<(), CoverageRefusal> {
        if matches!(self.status, CoverageStatus::Terminated | CoverageStatus::Replaced) {
            return Err(CoverageRefusal::Ended);
        }
        let earliest = self.from.checked_sub_days(Days::new(1)).ok_or(CoverageRefusal::OutsidePeriod)?;
        if last_day < earliest || last_day > self.to {
            return Err(CoverageRefusal::OutsidePeriod);
        }
        self.to = last_day;
        Ok(())
    }

    fn changed(mut self) -> Self {
        self.version += 1;
        self
    }
}

/// The coverage whose period holds the day (no two overlap); else the next to start; else the last that ended.
fn relevant<'a>(
    coverages: impl Iterator<Item = &'a Coverage> + Clone,
    on: NaiveDate,
) -> Option<&'a Coverage> {
    let holds = coverages.clone().find(|coverage| coverage.from <= on && on <= coverage.to);
    let next = || coverages.clone().filter(|c| c.from > on && c.from <= c.to).min_by_key(|c| c.from);
    let last = || coverages.clone().max_by_key(|coverage| coverage.to);
    holds.or_else(next).or_else(last)
}

#[cfg(test)]
pub(crate) mod tests;
