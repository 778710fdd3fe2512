//! What a command makes of a case: the case as it is afterwards, and what is kept and said of it.

use careway_kernel::{AccountId, CaseMessageId, OrganizationId, Redacted};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Actor, Case, Participant, Role, named};
use crate::service_levels::domain::clocks::{Alarm, Measure};

named! {
    /// What a line of the history tells.
    Change {
        Opened = "OPENED",
        MessageAdded = "MESSAGE_ADDED",
        NoteAdded = "NOTE_ADDED",
        State = "STATE",
        Assignee = "ASSIGNEE",
        Subject = "SUBJECT",
        Identifiers = "IDENTIFIERS",
        ExternalId = "EXTERNAL_ID",
        Topic = "TOPIC",
        Severity = "SEVERITY",
        Participants = "PARTICIPANTS",
        MessageRedacted = "MESSAGE_REDACTED",
        FollowedUp = "FOLLOWED_UP",
        Reminded = "REMINDED",
        Alarm = "CLOCK",
        Notices = "NOTICES",
    }
}

/// A line of the history.
#[derive(Debug, Clone)]
pub(crate) struct HistoryEntry {
    pub(crate) change: Change,
    /// Support alone sees it.
    pub(crate) internal: bool,
    pub(crate) before: Option<Redacted>,
    pub(crate) after: Option<Redacted>,
}

/// What is said of a step to the other contexts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CaseEvent {
    Opened,
    FollowUpOpened,
    MessageAdded(CaseMessageId),
    NoteAdded(CaseMessageId),
    Waiting,
    Solved,
    Reopened,
    Closed,
    Assigned(AccountId),
    /// What the case says of itself, by the contract's names.
    Changed(&'static str),
    /// A clock of its service level comes near its end, or is over.
    Due {
        measure: Measure,
        alarm: Alarm,
        due_at: Option<DateTime<Utc>>,
    },
}

/// Something to be said in a case.
#[derive(Debug, Clone)]
pub(crate) struct NewMessage {
    pub(crate) id: CaseMessageId,
    /// A note among support's people.
    pub(crate) internal: bool,
    pub(crate) body: Redacted,
    /// The mail that it came by.
    pub(crate) inbound_mail: Option<Uuid>,
}

impl NewMessage {
    /// What everybody of the case may read.
    pub(crate) fn public(id: CaseMessageId, body: Redacted) -> Self {
        Self { id, internal: false, body, inbound_mail: None }
    }
}

/// What a command makes of a case.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// As it is afterwards.
    pub(crate) case: Case,
    pub(crate) by: Actor,
    pub(crate) at: DateTime<Utc>,
    pub(crate) message: Option<NewMessage>,
    pub(crate) history: Vec<HistoryEntry>,
    pub(crate) events: Vec<CaseEvent>,
    pub(crate) joined: Vec<Participant>,
    pub(crate) left: Vec<(AccountId, Role)>,
    /// The message whose words are taken away.
    pub(crate) redacted: Option<CaseMessageId>,
    /// For whom the caller acts; none when Careway itself does it.
    pub(crate) acts_for: Option<OrganizationId>,
}

impl Step {
    /// From here on.
    pub(super) fn from(case: Case, by: &Actor, at: DateTime<Utc>) -> Self {
        let (history, events, joined, left) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self {
            case,
            by: by.clone(),
            at,
            message: None,
            history,
            events,
            joined,
            left,
            redacted: None,
            acts_for: None,
        }
    }

    /// Everybody sees that it changed.
    pub(super) fn changed(mut self, change: Change, before: Option<String>, after: Option<String>) -> Self {
        self.note(change, false, before, after);
        self
    }

    /// Support alone sees that it changed.
    pub(super) fn noted(mut self, change: Change, before: Option<String>, after: Option<String>) -> Self {
        self.note(change, true, before, after);
        self
    }

    fn note(&mut self, change: Change, internal: bool, before: Option<String>, after: Option<String>) {
        let [before, after] = [before, after].map(|text| text.map(Redacted::new));
        self.history.push(HistoryEntry { change, internal, before, after });
    }

    pub(super) fn says(mut self, event: CaseEvent) -> Self {
        self.events.push(event);
        self
    }

    /// Somebody is with the case from now on, unless they were.
    pub(super) fn joins(&mut self, account: AccountId, role: Role, member_of: OrganizationId) {
        if !self.case.has(account, role) {
            let person = Participant { account, role, member_of };
            self.case.participants.push(person);
            self.joined.push(person);
        }
    }

    /// The end of a step: whatever its organization sees of it makes a version.
    pub(super) fn done(mut self) -> Self {
        self.run_clocks();
        if self.history.iter().any(|entry| !entry.internal) {
            self.case.version += 1;
            self.case.updated_at = self.at;
        }
        self
    }

    /// The same, done by somebody of this organization.
    #[must_use]
    pub(crate) fn acting_for(self, organization: OrganizationId) -> Self {
        Self { acts_for: Some(organization), ..self }
    }

    /// Whether anything is different.
    pub(crate) fn is_change(&self) -> bool {
        !self.history.is_empty() || !self.joined.is_empty() || !self.left.is_empty()
    }
}
