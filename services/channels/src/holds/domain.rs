//! A hold: how long it lasts, and when it may be booked. Pure rules.

use careway_kernel::{ConnectionId, HoldId, OrganizationId, ResourceId, ServiceId};
use chrono::{DateTime, TimeDelta, Utc};

/// How long a time is held.
pub(crate) const LASTS: TimeDelta = TimeDelta::minutes(10);
/// Open holds of one connection.
pub(crate) const MOST_OPEN: i64 = 50;

/// Where a hold stands; one that is over is still open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HoldState {
    Open,
    Released,
    Used,
}

impl HoldState {
    pub(crate) const ALL: [Self; 3] = [Self::Open, Self::Released, Self::Used];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Released => "RELEASED",
            Self::Used => "USED",
        }
    }
}

/// A hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hold {
    pub(crate) id: HoldId,
    pub(crate) connection: ConnectionId,
    pub(crate) provider: OrganizationId,
    pub(crate) channel: OrganizationId,
    pub(crate) service: ServiceId,
    pub(crate) resources: Vec<ResourceId>,
    pub(crate) start: DateTime<Utc>,
    pub(crate) duration_minutes: i64,
    pub(crate) state: HoldState,
    pub(crate) until: DateTime<Utc>,
    pub(crate) created_at: DateTime<Utc>,
}

/// Why a time is not held, or cannot be booked by its hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HoldRefusal {
    #[error("The hold is over.")]
    Expired,
    #[error("The hold was released.")]
    Released,
    #[error("The hold was booked already.")]
    Used,
    #[error("The channel holds as many of the provider's times as it may.")]
    TooMany,
}

impl Hold {
    /// At which of its connection's places it begins to look for a free one: those who hold at once should not want the same.
    pub(crate) fn first_place(&self) -> i64 {
        (self.id.uuid().as_u64_pair().1 % MOST_OPEN.unsigned_abs()).cast_signed()
    }

    /// Whether it may be booked: until its end, and not at it.
    pub(crate) fn is_good(&self, now: DateTime<Utc>) -> Result<(), HoldRefusal> {
        match self.state {
            HoldState::Used => Err(HoldRefusal::Used),
            HoldState::Released => Err(HoldRefusal::Released),
            HoldState::Open if now >= self.until => Err(HoldRefusal::Expired),
            HoldState::Open => Ok(()),
        }
    }
}
