//! An import, how far it is, and what its rows came to.

use careway_kernel::{ImportId, OrganizationId};
use chrono::{DateTime, Utc};

/// What a list is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ImportKind {
    Participants,
    Renewals,
}

impl ImportKind {
    pub(crate) const ALL: [Self; 2] = [Self::Participants, Self::Renewals];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Participants => "PARTICIPANTS",
            Self::Renewals => "RENEWALS",
        }
    }
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ImportState {
    Reading,
    Taking,
    Done,
    Failed,
}

impl ImportState {
    pub(crate) const ALL: [Self; 4] = [Self::Reading, Self::Taking, Self::Done, Self::Failed];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Reading => "READING",
            Self::Taking => "TAKING",
            Self::Done => "DONE",
            Self::Failed => "FAILED",
        }
    }

    /// Whether nothing will become of it any more.
    pub(crate) const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed)
    }
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Created,
    Updated,
    Unchanged,
    Rejected,
}

impl Outcome {
    pub(crate) const ALL: [Self; 4] = [Self::Created, Self::Updated, Self::Unchanged, Self::Rejected];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::Updated => "UPDATED",
            Self::Unchanged => "UNCHANGED",
            Self::Rejected => "REJECTED",
        }
    }
}

/// How many rows came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) created: i32,
    pub(crate) updated: i32,
    pub(crate) unchanged: i32,
    pub(crate) rejected: i32,
    /// Rows taken of which something is remarked.
    pub(crate) warned: i32,
}

impl Counts {
    pub(crate) fn add(&mut self, outcome: Outcome, is_warned: bool) {
        *match outcome {
            Outcome::Created => &mut self.created,
            Outcome::Updated => &mut self.updated,
            Outcome::Unchanged => &mut self.unchanged,
            Outcome::Rejected => &mut self.rejected,
        } += 1;
        self.warned += i32::from(is_warned && outcome != Outcome::Rejected);
    }

    pub(crate) const fn rows(self) -> i32 {
        self.created + self.updated + self.unchanged + self.rejected
    }
}

/// How often a batch may fail before its import does: whatever is wrong with it stays so, and others wait for its end.
const MOST_FAILURES: i32 = 5;

/// An import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Import {
    pub(crate) id: ImportId,
    pub(crate) authority: OrganizationId,
    pub(crate) kind: ImportKind,
    pub(crate) dry_run: bool,
    pub(crate) state: ImportState,
    /// The titles of the file's columns.
    pub(crate) titles: Vec<String>,
    pub(crate) unknown_columns: Vec<String>,
    pub(crate) rows_read: i32,
    pub(crate) counts: Counts,
    pub(crate) passed_over: i32,
    /// How often the next batch could not be taken.
    pub(crate) failures: i32,
    pub(crate) begun_by: String,
    pub(crate) begun_at: DateTime<Utc>,
    pub(crate) ended_at: Option<DateTime<Utc>>,
}

impl Import {
    /// After its next batch could not be taken once more, through no fault of the database. What was taken before stays.
    pub(crate) fn failed(self) -> Self {
        let failures = self.failures + 1;
        let state = if failures < MOST_FAILURES { self.state } else { ImportState::Failed };
        Self { failures, state, ..self }
    }
}
