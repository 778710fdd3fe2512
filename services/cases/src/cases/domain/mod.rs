//! A support case: what it says of itself, where it stands, who takes part.

pub(crate) mod actions;
pub(crate) mod change;
mod clocks;
pub(crate) mod notices;
pub(crate) mod opening;
pub(crate) mod people;
pub(crate) mod reference;
pub(crate) mod refusal;
pub(crate) mod search;
pub(crate) mod step;
#[cfg(test)]
mod tests;
pub(crate) mod timing;
pub(crate) mod transitions;
pub(crate) mod waking;

use careway_kernel::{AccountId, CaseId, OrganizationId, Redacted};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

pub(crate) use crate::service_levels::domain::Severity;
use crate::service_levels::domain::clocks::{Clocks, Due};

/// An enum of the domain with the names that its column has.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum $name { $($(#[$of])* $variant,)+ }

        impl $name {
            /// Every one.
            pub(crate) const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name in the database, in events and in the history.
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }
    };
}
pub(crate) use named;

named! {
    /// What a case is.
    Kind {
        Question = "QUESTION",
        Complaint = "COMPLAINT",
    }
}

named! {
    /// Where a case stands.
    State {
        /// Nobody has taken it.
        Open = "OPEN",
        /// Support works on it.
        InProgress = "IN_PROGRESS",
        /// The partner is to answer.
        WaitingOnPartner = "WAITING_ON_PARTNER",
        /// Answered; the partner's next message takes it up again.
        Solved = "SOLVED",
        /// Over, for good.
        Closed = "CLOSED",
    }
}

named! {
    /// How something came.
    Channel {
        /// From a person who is signed in.
        Portal = "PORTAL",
        /// From a partner's system.
        Api = "API",
        /// By mail.
        Mail = "MAIL",
        /// By itself.
        Timer = "CLOCK",
    }
}

named! {
    /// Who speaks in a case.
    Side {
        /// The case's organization.
        Partner = "PARTNER",
        /// Careway's support.
        Support = "SUPPORT",
        /// Nobody: the clock.
        System = "SYSTEM",
    }
}

/// A support case.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) id: CaseId,
    /// Its number for people.
    pub(crate) number: String,
    pub(crate) organization: Organization,
    pub(crate) kind: Kind,
    pub(crate) topic: String,
    /// The version of the form that was answered; 0 when none was.
    pub(crate) form_version: i32,
    pub(crate) severity: Severity,
    pub(crate) state: State,
    pub(crate) channel: Channel,
    pub(crate) subject: Redacted,
    pub(crate) answers: Answers,
    pub(crate) identifiers: Vec<Identifier>,
    pub(crate) external_id: Option<String>,
    /// The person it is for.
    pub(crate) requester: Option<AccountId>,
    /// Who of support has it.
    pub(crate) assignee: Option<AccountId>,
    /// The closed case that it follows up.
    pub(crate) follow_up_of: Option<CaseLink>,
    /// The cases that follow it up, the oldest first; all of them are closed but perhaps the last.
    pub(crate) follow_ups: Vec<CaseLink>,
    /// The first case of the chain: its id makes the root of every mail's thread.
    pub(crate) thread_root: CaseId,
    pub(crate) participants: Vec<Participant>,
    pub(crate) opened_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    /// Since when it stands as it does.
    pub(crate) state_since: DateTime<Utc>,
    pub(crate) solved_at: Option<DateTime<Utc>>,
    pub(crate) closed_at: Option<DateTime<Utc>>,
    /// How many reminders were sent since it waits.
    pub(crate) reminders: i16,
    /// When the clock has something to do.
    pub(crate) wakes_at: Option<DateTime<Utc>>,
    /// What the clocks of its service level count by.
    pub(crate) clocks: Clocks,
    /// What is due by them, and by which hours and targets that was reckoned.
    pub(crate) due: Due,
    pub(crate) clock_basis: i64,
    pub(crate) version: i64,
}

/// Whose a case is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Organization {
    pub(crate) id: OrganizationId,
    /// What it is called; empty until identity told.
    pub(crate) name: String,
    /// Its own time; UTC until identity told.
    pub(crate) time_zone: Tz,
}

impl Organization {
    /// One that identity did not tell of yet.
    pub(crate) fn unknown(id: OrganizationId) -> Self {
        Self { id, name: String::new(), time_zone: Tz::UTC }
    }
}

/// What was answered of the form's questions, as JSON objects have it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answers {
    /// The answers: a JSON object as text, or nothing when no form was answered.
    pub(crate) given: Option<Redacted>,
    /// The questions that were left open because nobody knew.
    pub(crate) unknown: Vec<String>,
}

/// What a case concerns elsewhere, like a merchant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identifier {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// Another case of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CaseLink {
    pub(crate) id: CaseId,
    pub(crate) number: String,
    pub(crate) state: State,
}

named! {
    /// How somebody is with a case.
    Role {
        /// Takes part: is written to, and named.
        Participant = "PARTICIPANT",
        /// Watches: is written to.
        Watcher = "WATCHER",
    }
}

/// Somebody who takes part in a case, or watches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Participant {
    pub(crate) account: AccountId,
    pub(crate) role: Role,
    /// The organization that the person belongs to: the case's, or the platform.
    pub(crate) member_of: OrganizationId,
}

/// Who does something in a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Actor {
    pub(crate) side: Side,
    /// The person; none for systems.
    pub(crate) account: Option<AccountId>,
    /// As audit rows and the history name them: `account:…`.
    pub(crate) subject: String,
    pub(crate) channel: Channel,
}

impl Actor {
    /// The clock.
    pub(crate) fn clock() -> Self {
        Self {
            side: Side::System,
            account: None,
            subject: "system:cases".to_owned(),
            channel: Channel::Timer,
        }
    }
}

impl Case {
    /// Whether it is over.
    pub(crate) fn is_closed(&self) -> bool {
        self.state == State::Closed
    }

    /// The follow-up that is not closed yet.
    pub(crate) fn open_follow_up(&self) -> Option<&CaseLink> {
        self.follow_ups.iter().rev().find(|link| link.state != State::Closed)
    }

    /// Those in this role, in their order.
    pub(crate) fn people(&self, role: Role) -> impl Iterator<Item = &Participant> {
        self.participants.iter().filter(move |person| person.role == role)
    }

    /// Whether this person is with the case in this role.
    pub(crate) fn has(&self, account: AccountId, role: Role) -> bool {
        self.people(role).any(|person| person.account == account)
    }
}
