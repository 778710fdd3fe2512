//! The joint test: its steps turn green by what the system saw, and both sides sign it.

use std::collections::BTreeSet;

use careway_kernel::JointTestId;
use chrono::{DateTime, TimeDelta, Utc};

/// How long a passed test is good for going live.
const GOOD_FOR: TimeDelta = TimeDelta::days(30);

/// Something the two systems must have done together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TestStep {
    Availability,
    Booking,
    Cancellation,
    Catalogue,
    Change,
    DoubleRefused,
    DurationReceived,
    Health,
    Hold,
    Price,
    Signature,
}

impl TestStep {
    pub(crate) const ALL: [Self; 11] = [
        Self::Availability,
        Self::Booking,
        Self::Cancellation,
        Self::Catalogue,
        Self::Change,
        Self::DoubleRefused,
        Self::DurationReceived,
        Self::Health,
        Self::Hold,
        Self::Price,
        Self::Signature,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Availability => "AVAILABILITY",
            Self::Booking => "BOOKING",
            Self::Cancellation => "CANCELLATION",
            Self::Catalogue => "CATALOGUE",
            Self::Change => "CHANGE",
            Self::DoubleRefused => "DOUBLE_REFUSED",
            Self::DurationReceived => "DURATION_RECEIVED",
            Self::Health => "HEALTH",
            Self::Hold => "HOLD",
            Self::Price => "PRICE",
            Self::Signature => "SIGNATURE",
        }
    }

    /// Whether Careway sees it by asking the channel's system; every other step is seen when somebody does it.
    pub(crate) fn is_asked(self) -> bool {
        matches!(self, Self::DurationReceived | Self::Health | Self::Signature)
    }
}

/// The two sides of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Provider,
    Channel,
}

/// Who signed, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signature {
    pub(crate) by: String,
    pub(crate) at: DateTime<Utc>,
}

/// Who meets when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Meeting {
    pub(crate) at: DateTime<Utc>,
    pub(crate) of_provider: String,
    pub(crate) of_channel: String,
}

/// A joint test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JointTest {
    pub(crate) id: JointTestId,
    pub(crate) meeting: Meeting,
    /// What the connection was like when it began.
    pub(crate) revision: i64,
    pub(crate) green: BTreeSet<TestStep>,
    pub(crate) provider_signed: Option<Signature>,
    pub(crate) channel_signed: Option<Signature>,
}

impl JointTest {
    /// One that begins now.
    pub(crate) fn begin(id: JointTestId, meeting: Meeting, revision: i64) -> Self {
        Self { id, meeting, revision, green: BTreeSet::new(), provider_signed: None, channel_signed: None }
    }

    /// The steps that the system has not seen yet.
    pub(super) fn red(&self) -> impl Iterator<Item = TestStep> {
        TestStep::ALL.into_iter().filter(|step| !self.green.contains(step))
    }

    /// One side signs; its first signature stands.
    pub(super) fn sign(&mut self, side: Side, signature: Signature) {
        let signed = match side {
            Side::Provider => &mut self.provider_signed,
            Side::Channel => &mut self.channel_signed,
        };
        signed.get_or_insert(signature);
    }

    /// When the second side signed.
    pub(crate) fn passed_at(&self) -> Option<DateTime<Utc>> {
        let (provider, channel) = (self.provider_signed.as_ref()?, self.channel_signed.as_ref()?);
        Some(provider.at.max(channel.at))
    }

    /// Whether it was passed too long ago, or what was tested has changed.
    pub(super) fn is_outdated(&self, revision: i64, now: DateTime<Utc>) -> bool {
        self.revision != revision || self.passed_at().is_some_and(|passed| now - passed > GOOD_FOR)
    }
}
