//! What a case of the demo is opened with, and what is done about it.

use serde_json::{Value, json};

use crate::seed::organizations::Organization;

/// A case that somebody opens in the portal.
pub(super) struct Story {
    pub(super) partner: &'static Organization,
    /// The role of who opens it.
    pub(super) by: &'static str,
    /// The partner's own id of it.
    pub(super) reference: &'static str,
    pub(super) kind: &'static str,
    pub(super) topic: &'static str,
    /// The answers, question and answer.
    pub(super) answers: &'static [(&'static str, &'static str)],
    /// Questions that are left open.
    pub(super) unknown: &'static [&'static str],
    pub(super) severity: &'static str,
    pub(super) subject: &'static str,
    pub(super) words: &'static str,
    /// What it concerns elsewhere, name and value.
    pub(super) identifiers: &'static [(&'static str, &'static str)],
    pub(super) course: &'static [Act],
    pub(super) follow_up: Option<FollowUp>,
}

/// What is asked again once a case is closed.
pub(super) struct FollowUp {
    pub(super) subject: &'static str,
    pub(super) words: &'static str,
}

/// Something that is done about a case; by support unless it says by whom.
pub(super) enum Act {
    /// The agent takes it.
    Takes,
    Answers(&'static str),
    /// For support alone.
    Notes(&'static str),
    /// The agent asks, and waits.
    Asks(&'static str),
    Solves(&'static str),
    /// Somebody of a partner says more.
    Says(&'static Organization, &'static str, &'static str),
    /// Somebody of a partner is content.
    Closes(&'static Organization, &'static str),
}

impl Story {
    /// What it is opened with.
    pub(super) fn opening(&self) -> Value {
        let answers: serde_json::Map<String, Value> =
            self.answers.iter().map(|(name, answer)| ((*name).to_owned(), (*answer).into())).collect();
        let identifier = |(name, value): &(&str, &str)| json!({"name": name, "value": value});
        json!({
            "kind": self.kind, "topic": self.topic, "formVersion": 1, "subject": self.subject,
            "description": self.words, "answers": answers, "unknown": self.unknown, "severity": self.severity,
            "externalId": self.reference, "identifiers": self.identifiers.iter().map(identifier).collect::<Vec<_>>(),
        })
    }
}

impl FollowUp {
    /// What it is opened with.
    pub(super) fn body(&self) -> Value {
        json!({"subject": self.subject, "description": self.words})
    }
}

impl Act {
    /// Whose doing it is; none is the agent's.
    pub(super) fn by(&self) -> Option<(&'static Organization, &'static str)> {
        match self {
            Self::Says(organization, role, _) | Self::Closes(organization, role) => {
                Some((organization, role))
            }
            _ => None,
        }
    }

    /// The last part of its route.
    pub(super) fn verb(&self) -> &'static str {
        match self {
            Self::Takes => "assign",
            Self::Answers(_) | Self::Notes(_) | Self::Says(..) => "messages",
            Self::Asks(_) => "wait",
            Self::Solves(_) => "solve",
            Self::Closes(..) => "close",
        }
    }

    /// What is sent.
    pub(super) fn body(&self) -> Value {
        match self {
            Self::Takes | Self::Closes(..) => json!({}),
            Self::Answers(words) | Self::Says(_, _, words) => json!({"body": words}),
            Self::Notes(words) => json!({"body": words, "internal": true}),
            Self::Asks(words) | Self::Solves(words) => json!({"message": words}),
        }
    }
}
