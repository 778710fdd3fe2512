//! What a feed has, and how it is written. Pure rules.

pub(crate) mod rpde;

use careway_kernel::{BookingId, ConnectionId, Money, OrganizationId, ServiceId};
use chrono::{DateTime, NaiveDateTime, Utc};

/// What a feed is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FeedKind {
    Service,
    Booking,
}

impl FeedKind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Booking => "booking",
        }
    }
}

/// A service that a channel sells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SoldService {
    pub(crate) service: ServiceId,
    pub(crate) connection: ConnectionId,
    pub(crate) provider: OrganizationId,
    pub(crate) provider_name: String,
    pub(crate) time_zone: String,
    pub(crate) name: String,
    /// What the channel calls it.
    pub(crate) code: String,
    pub(crate) price: Money,
    pub(crate) minutes: i32,
    /// The connection is not suspended.
    pub(crate) bookable: bool,
    /// The connection is in its joint test.
    pub(crate) test: bool,
}

/// A booking as a feed tells of it: without whom it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ToldBooking {
    pub(crate) booking: BookingId,
    pub(crate) connection: ConnectionId,
    pub(crate) provider: OrganizationId,
    pub(crate) service: ServiceId,
    /// Where it stands, as the contract names it.
    pub(crate) state: String,
    pub(crate) start: DateTime<Utc>,
    pub(crate) end: DateTime<Utc>,
    /// When it begins on the provider's clock.
    pub(crate) local_start: NaiveDateTime,
    pub(crate) zone: String,
    pub(crate) price: Money,
    /// What the channel calls it.
    pub(crate) external_id: String,
    pub(crate) version: i64,
    /// It is a joint test's.
    pub(crate) test: bool,
}
