//! Resources and their calendars. Pure rules.

pub(crate) mod calendar;
pub(crate) mod hours;
pub(crate) mod recurrence;
pub(crate) mod rule;
#[cfg(test)]
mod tests;

use careway_kernel::{OrganizationId, ResourceId};
use chrono::{DateTime, Utc};

/// What a resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResourceKind {
    Practitioner,
    Room,
    Device,
}

impl ResourceKind {
    pub(crate) const ALL: [Self; 3] = [Self::Practitioner, Self::Room, Self::Device];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Practitioner => "PRACTITIONER",
            Self::Room => "ROOM",
            Self::Device => "DEVICE",
        }
    }
}

/// A resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resource {
    pub(crate) id: ResourceId,
    pub(crate) provider: OrganizationId,
    pub(crate) kind: ResourceKind,
    pub(crate) name: String,
    pub(crate) created_at: DateTime<Utc>,
}
