//! An event on its way to an endpoint. Pure rules.

pub(crate) mod lanes;
pub(crate) mod retry;

use careway_kernel::WebhookEndpointId;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It is to be sent.
    Pending,
    /// It was answered with 2xx.
    Delivered,
    /// It was tried often enough.
    Exhausted,
    /// Its endpoint was taken away.
    Cancelled,
}

impl State {
    pub(crate) const ALL: [Self; 4] = [Self::Pending, Self::Delivered, Self::Exhausted, Self::Cancelled];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Delivered => "DELIVERED",
            Self::Exhausted => "EXHAUSTED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// An event on its way to an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Delivery {
    pub(crate) endpoint: WebhookEndpointId,
    pub(crate) event: Uuid,
    pub(crate) event_type: String,
    pub(crate) subject: Uuid,
    pub(crate) version: i64,
    pub(crate) state: State,
    /// Its endpoint is disabled.
    pub(crate) held: bool,
    pub(crate) attempts: i32,
    pub(crate) due_at: Option<DateTime<Utc>>,
    pub(crate) occurred_at: DateTime<Utc>,
}
