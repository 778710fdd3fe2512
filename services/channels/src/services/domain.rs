//! An examination. Pure rules.

use std::collections::BTreeSet;

use careway_kernel::{OrganizationId, ResourceId, ServiceId};
use chrono::{DateTime, Utc};

/// What an examination is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Definition {
    pub(crate) name: String,
    pub(crate) duration_minutes: i32,
    /// Slots begin every so many minutes.
    pub(crate) step_minutes: i32,
    pub(crate) buffer_before: i32,
    pub(crate) buffer_after: i32,
    /// The provider confirms each booking of it.
    pub(crate) confirmed_by_provider: bool,
    /// Until so many minutes before it a channel cancels or moves a booking of it.
    pub(crate) cancellation_minutes: i32,
    /// One resource of every group.
    pub(crate) needs: Vec<BTreeSet<ResourceId>>,
}

impl Definition {
    /// How long it takes, and what is kept free before and after.
    pub(crate) fn takes(&self) -> [i32; 3] {
        [self.duration_minutes, self.buffer_before, self.buffer_after]
    }

    /// Whether it can be booked at other times by the other definition.
    pub(crate) fn is_booked_otherwise(&self, other: &Self) -> bool {
        (self.takes(), self.step_minutes, &self.needs) != (other.takes(), other.step_minutes, &other.needs)
    }
}

/// An examination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Service {
    pub(crate) id: ServiceId,
    pub(crate) provider: OrganizationId,
    /// The provider's own code.
    pub(crate) code: String,
    pub(crate) definition: Definition,
    pub(crate) version: i64,
    pub(crate) created_at: DateTime<Utc>,
}

/// Another examination of the provider has the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Another examination has this code.")]
pub(crate) struct CodeTaken;

impl Service {
    /// What it is like from now on.
    pub(crate) fn define(self, definition: Definition) -> Self {
        Self { definition, version: self.version + 1, ..self }
    }
}
