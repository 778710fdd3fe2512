//! Who the author is to the network, as identity says at this moment.

use careway_kernel::{AccountId, OrganizationId};

/// A person as one organization has them now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Membership {
    pub(crate) account: AccountId,
    pub(crate) organization: OrganizationId,
    pub(crate) is_platform: bool,
    pub(crate) is_active: bool,
    pub(crate) may_read: bool,
    pub(crate) may_write: bool,
    pub(crate) may_handle: bool,
    /// By which others know the organization.
    pub(crate) codes: Vec<String>,
}

/// All of the author's memberships; none when nobody in the network has the address.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sender(pub(crate) Vec<Membership>);

impl Sender {
    /// The person as one of support's.
    pub(crate) fn staff(&self) -> Option<&Membership> {
        self.active().find(|membership| membership.is_platform && membership.may_handle)
    }

    /// The person as one of this organization's, active or not.
    pub(crate) fn of(&self, organization: OrganizationId) -> Option<&Membership> {
        self.0.iter().find(|membership| membership.organization == organization)
    }

    /// Whether cases of this organization are there for the person.
    pub(crate) fn may_read(&self, organization: OrganizationId) -> bool {
        let reads = |membership: &Membership| {
            membership.may_read && (membership.is_platform || membership.organization == organization)
        };
        self.active().any(reads)
    }

    pub(crate) fn active(&self) -> impl Iterator<Item = &Membership> {
        self.0.iter().filter(|membership| membership.is_active)
    }
}
