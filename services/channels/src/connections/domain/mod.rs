//! A connection: its states, what each step needs, and what it keeps of them. Pure rules.

pub(crate) mod catalogue;
pub(crate) mod grounds;
pub(crate) mod item;
pub(crate) mod joint_test;
pub(crate) mod missing;
pub(crate) mod notice;
mod notices;
pub(crate) mod pulse;
pub(crate) mod refusal;
#[cfg(test)]
mod tests;
mod transitions;

use std::collections::{BTreeMap, BTreeSet};

use careway_kernel::{ChannelNoticeId, ConnectionId, JointTestId, OrganizationId, ServiceId};
use careway_service::OrganizationKind;
use chrono::{DateTime, Utc};

use item::Item;
use joint_test::JointTest;
use notice::Notice;

/// Where a connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    Draft,
    IntentDeclared,
    Activated,
    Consented,
    SetUp,
    Testing,
    Live,
    Suspended,
    Ended,
}

impl State {
    pub(crate) const ALL: [Self; 9] = [
        Self::Draft,
        Self::IntentDeclared,
        Self::Activated,
        Self::Consented,
        Self::SetUp,
        Self::Testing,
        Self::Live,
        Self::Suspended,
        Self::Ended,
    ];
    /// Those in which the channel has activated the provider.
    pub(crate) const OPEN: [Self; 2] = [Self::Live, Self::Suspended];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::IntentDeclared => "INTENT_DECLARED",
            Self::Activated => "ACTIVATED",
            Self::Consented => "CONSENTED",
            Self::SetUp => "SET_UP",
            Self::Testing => "TESTING",
            Self::Live => "LIVE",
            Self::Suspended => "SUSPENDED",
            Self::Ended => "ENDED",
        }
    }

    /// Whether the channel has activated the provider: what is ticked from then on needs a notice.
    pub(crate) fn is_open(self) -> bool {
        Self::OPEN.contains(&self)
    }
}

/// Why a connection is suspended. There may be several causes; each is lifted by whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cause {
    ByChannel,
    ByPlatform,
    ByProvider,
    ConsentOutdated,
    Health,
    Organization,
}

impl Cause {
    pub(crate) const ALL: [Self; 6] = [
        Self::ByChannel,
        Self::ByPlatform,
        Self::ByProvider,
        Self::ConsentOutdated,
        Self::Health,
        Self::Organization,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::ByChannel => "BY_CHANNEL",
            Self::ByPlatform => "BY_PLATFORM",
            Self::ByProvider => "BY_PROVIDER",
            Self::ConsentOutdated => "CONSENT_OUTDATED",
            Self::Health => "HEALTH",
            Self::Organization => "ORGANIZATION",
        }
    }

    /// The cause that people of such an organization give and lift; the others are Careway's own.
    pub(crate) const fn of(kind: OrganizationKind) -> Option<Self> {
        match kind {
            OrganizationKind::Facility => Some(Self::ByProvider),
            OrganizationKind::Channel => Some(Self::ByChannel),
            OrganizationKind::Platform => Some(Self::ByPlatform),
            _ => None,
        }
    }
}

/// Why a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndCause {
    SwitchedOff,
    EndedByProvider,
    EndedByChannel,
    EndedByPlatform,
    ContractLapsed,
    LastServiceDeleted,
}

impl EndCause {
    pub(crate) const ALL: [Self; 6] = [
        Self::SwitchedOff,
        Self::EndedByProvider,
        Self::EndedByChannel,
        Self::EndedByPlatform,
        Self::ContractLapsed,
        Self::LastServiceDeleted,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::SwitchedOff => "SWITCHED_OFF",
            Self::EndedByProvider => "ENDED_BY_PROVIDER",
            Self::EndedByChannel => "ENDED_BY_CHANNEL",
            Self::EndedByPlatform => "ENDED_BY_PLATFORM",
            Self::ContractLapsed => "CONTRACT_LAPSED",
            Self::LastServiceDeleted => "LAST_SERVICE_DELETED",
        }
    }
}

/// What became of the mail that declares the intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    Waiting,
    Accepted,
    Failed,
}

impl Delivery {
    pub(crate) const ALL: [Self; 3] = [Self::Waiting, Self::Accepted, Self::Failed];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "WAITING",
            Self::Accepted => "ACCEPTED",
            Self::Failed => "FAILED",
        }
    }
}

/// Who speaks for the channel of technical matters, in an emergency, and day by day.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Contacts {
    pub(crate) technical: String,
    pub(crate) emergency: String,
    pub(crate) operations: String,
}

impl Contacts {
    /// Whether each is named.
    pub(crate) fn are_complete(&self) -> bool {
        [&self.technical, &self.emergency, &self.operations].into_iter().all(|contact| !contact.is_empty())
    }
}

/// What the channel set up on its side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SetUp {
    /// Where the channel's system is asked whether it is well.
    pub(crate) health_url: String,
    /// It answered since it was changed.
    pub(crate) endpoint_answered: bool,
    pub(crate) contacts: Contacts,
}

/// A provider's connection with a channel.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    pub(crate) id: ConnectionId,
    pub(crate) provider: OrganizationId,
    pub(crate) channel: OrganizationId,
    pub(crate) state: State,
    pub(crate) causes: BTreeSet<Cause>,
    pub(crate) end_cause: Option<EndCause>,
    pub(crate) intent: Option<Delivery>,
    /// Every service that is or was ticked.
    pub(crate) items: BTreeMap<ServiceId, Item>,
    /// Those that are not acknowledged, and those of the step that is taken.
    pub(crate) notices: BTreeMap<ChannelNoticeId, Notice>,
    /// The declaration of consent that was accepted last.
    pub(crate) consent_version: Option<i32>,
    pub(crate) set_up: Option<SetUp>,
    pub(crate) test: Option<JointTest>,
    /// Grows with every change of ticks or set-up: a test is good for the one it was started at.
    pub(crate) revision: i64,
    pub(crate) version: i64,
    pub(crate) created_at: DateTime<Utc>,
}

impl Connection {
    /// Whether the channel has the service in its catalogue.
    pub(crate) fn sells(&self, service: ServiceId) -> bool {
        self.items.get(&service).is_some_and(|item| item.shown().is_some())
    }

    /// The joint test that is under way.
    pub(crate) fn running_test(&self) -> Option<JointTestId> {
        self.test.as_ref().filter(|_| self.state == State::Testing).map(|test| test.id)
    }

    /// The services that the provider ticked and that were not withdrawn.
    pub(crate) fn ticked(&self) -> impl Iterator<Item = (ServiceId, &Item)> {
        self.items.iter().filter(|(_, item)| item.ticked).map(|(id, item)| (*id, item))
    }
}
