//! A notice of a change: what the channel is told, and what becomes of it. The channel takes over a new service or a new price
//! by its acknowledgement alone; a duration is in force when it is told.

use std::collections::BTreeMap;

use careway_kernel::{BookingId, Money, ServiceId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::item::{Item, ItemState, Terms};

/// What a notice tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoticeKind {
    Service,
    Price,
    Duration,
}

impl NoticeKind {
    pub(crate) const ALL: [Self; 3] = [Self::Service, Self::Price, Self::Duration];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Service => "SERVICE",
            Self::Price => "PRICE",
            Self::Duration => "DURATION",
        }
    }
}

/// What became of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoticeState {
    /// Sent, and not acknowledged.
    Told,
    /// The channel goes by it, or went by it until a later one.
    InForce,
    /// A later one was acknowledged before it.
    Superseded,
    /// The service was withdrawn before it was acknowledged.
    Withdrawn,
}

impl NoticeState {
    pub(crate) const ALL: [Self; 4] = [Self::Told, Self::InForce, Self::Superseded, Self::Withdrawn];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Told => "TOLD",
            Self::InForce => "IN_FORCE",
            Self::Superseded => "SUPERSEDED",
            Self::Withdrawn => "WITHDRAWN",
        }
    }
}

/// A booking to come of an examination that takes longer or shorter now. It keeps its own duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NoticedBooking {
    pub(crate) id: BookingId,
    pub(crate) start: DateTime<Utc>,
    /// There is room for it to take as long as the examination does; else it clashes with others.
    pub(crate) fits: bool,
}

/// A notice that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) service: ServiceId,
    pub(crate) kind: NoticeKind,
    pub(crate) state: NoticeState,
    pub(crate) terms: Terms,
    /// What the channel knew before.
    pub(crate) before: Option<Terms>,
    /// Those that a new duration meets, by this channel.
    pub(crate) bookings: Vec<NoticedBooking>,
    pub(crate) sent_at: DateTime<Utc>,
}

/// A price that the channel goes by only once it has acknowledged the notice of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PriceChange {
    pub(crate) service: ServiceId,
    pub(crate) price: Money,
    /// Of the price: a later one has a higher.
    pub(crate) version: i64,
    /// There is a notice of it.
    pub(crate) told: bool,
}

impl Notice {
    /// What has become of it by now: it goes the way of its service.
    pub(super) fn settled(&self, items: &BTreeMap<ServiceId, Item>) -> NoticeState {
        let item = items.get(&self.service);
        let Some((item, told)) = item.and_then(|item| Some((item, item.told?))) else {
            return NoticeState::Withdrawn;
        };
        let in_force = match self.kind {
            NoticeKind::Service => item.state == ItemState::Published,
            NoticeKind::Price if self.terms.version < told.version => return NoticeState::Superseded,
            NoticeKind::Price => self.terms.version == told.version,
            NoticeKind::Duration => true,
        };
        if in_force { NoticeState::InForce } else { NoticeState::Told }
    }
}
