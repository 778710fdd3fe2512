//! A data issue: open until the authority has answered it, once.

use careway_kernel::{DataIssueId, OrganizationId, ParticipantId, Redacted};
use chrono::{DateTime, Utc};

/// Which of the authority's data are at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IssueField {
    BhxhNumber,
    CardCode,
    CitizenId,
    FullName,
    Birth,
    Address,
    Household,
    CardPeriod,
    Agency,
    Other,
}

impl IssueField {
    pub(crate) const ALL: [Self; 10] = [
        Self::BhxhNumber,
        Self::CardCode,
        Self::CitizenId,
        Self::FullName,
        Self::Birth,
        Self::Address,
        Self::Household,
        Self::CardPeriod,
        Self::Agency,
        Self::Other,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::BhxhNumber => "BHXH_NUMBER",
            Self::CardCode => "CARD_CODE",
            Self::CitizenId => "CITIZEN_ID",
            Self::FullName => "FULL_NAME",
            Self::Birth => "BIRTH",
            Self::Address => "ADDRESS",
            Self::Household => "HOUSEHOLD",
            Self::CardPeriod => "CARD_PERIOD",
            Self::Agency => "AGENCY",
            Self::Other => "OTHER",
        }
    }
}

/// What came of an issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IssueState {
    Open,
    Corrected,
    AsItIs,
}

impl IssueState {
    pub(crate) const ALL: [Self; 3] = [Self::Open, Self::Corrected, Self::AsItIs];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Corrected => "CORRECTED",
            Self::AsItIs => "AS_IT_IS",
        }
    }
}

/// What the authority found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Corrected,
    AsItIs,
}

/// A data issue.
#[derive(Debug, Clone)]
pub(crate) struct DataIssue {
    pub(crate) id: DataIssueId,
    pub(crate) participant: ParticipantId,
    pub(crate) authority: OrganizationId,
    pub(crate) agency: OrganizationId,
    pub(crate) field: IssueField,
    pub(crate) note: Redacted,
    pub(crate) state: IssueState,
    pub(crate) answer: Option<Redacted>,
    pub(crate) reported_by: String,
    pub(crate) reported_at: DateTime<Utc>,
    pub(crate) resolved: Option<Resolved>,
    pub(crate) version: i64,
}

/// Who answered, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resolved {
    pub(crate) by: String,
    pub(crate) at: DateTime<Utc>,
}

/// The issue was answered before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This issue was answered already.")]
pub(crate) struct IssueResolved;

impl DataIssue {
    /// Answers it.
    pub(crate) fn resolve(
        mut self,
        outcome: Outcome,
        answer: Option<Redacted>,
        resolved: Resolved,
    ) -> Result<Self, IssueResolved> {
        if self.state != IssueState::Open {
            return Err(IssueResolved);
        }
        self.state = match outcome {
            Outcome::Corrected => IssueState::Corrected,
            Outcome::AsItIs => IssueState::AsItIs,
        };
        self.answer = answer;
        self.resolved = Some(resolved);
        self.version += 1;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use careway_kernel::Clock;

    use super::*;

    #[test]
    fn an_issue_is_answered_once() {
        let clock = Clock::manual("2026-11-28T00:00:00Z".parse().unwrap());
        let issue = DataIssue {
            id: DataIssueId::new(&clock),
            participant: ParticipantId::new(&clock),
            authority: OrganizationId::new(&clock),
            agency: OrganizationId::new(&clock),
            field: IssueField::Birth,
            note: Redacted::new("Her citizen card says 1951"),
            state: IssueState::Open,
            answer: None,
            reported_by: "account:a".to_owned(),
            reported_at: clock.now(),
            resolved: None,
            version: 1,
        };
        let by = || Resolved { by: "account:b".to_owned(), at: clock.now() };
        let done = issue.clone().resolve(Outcome::Corrected, None, by()).unwrap();
        assert_eq!(
            (done.state, done.version, done.resolved.as_ref()),
            (IssueState::Corrected, 2, Some(&by()))
        );
        assert!(done.resolve(Outcome::AsItIs, None, by()).is_err());
        let kept = issue.resolve(Outcome::AsItIs, Some(Redacted::new("It is 1950")), by()).unwrap();
        assert_eq!(kept.state, IssueState::AsItIs);
        assert!(!format!("{kept:?}").contains("1950"));
    }
}
