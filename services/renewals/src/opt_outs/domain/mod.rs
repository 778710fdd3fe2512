//! A contact that wants no reminders: by contact, channel and purpose.

pub(crate) mod one_click;
pub(crate) mod page;
pub(crate) mod refusal;
pub(crate) mod words;

use careway_kernel::{OptOutId, OrganizationId, ParticipantId};
use chrono::{DateTime, Utc};

use crate::messages::Channel;

/// What is not wanted. There is one purpose: one-time codes and what somebody asked for are always sent.
pub(crate) const REMINDER: &str = "REMINDER";

/// A contact that wants no reminders, or an answer of which a person must say so.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct OptOut {
    pub(crate) id: OptOutId,
    pub(crate) authority: OrganizationId,
    /// Somebody with this contact, whom the reader has; none when there is nobody any more.
    pub(crate) participant: Option<ParticipantId>,
    pub(crate) channel: Channel,
    pub(crate) state: State,
    pub(crate) source: Source,
    /// Sealed.
    pub(crate) answer: Option<Vec<u8>>,
    pub(crate) created_at: DateTime<Utc>,
}

/// Whether it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Active,
    /// An answer waits for a person.
    Review,
}

impl State {
    pub(crate) const ALL: [Self; 2] = [Self::Active, Self::Review];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Review => "REVIEW",
        }
    }
}

/// How it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Agent,
    Reply,
    Link,
}

impl Source {
    pub(crate) const ALL: [Self; 3] = [Self::Agent, Self::Reply, Self::Link];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "AGENT",
            Self::Reply => "REPLY",
            Self::Link => "LINK",
        }
    }
}
