//! A person as one organization sees them: name, roles, status there.

pub(crate) mod password;
pub(crate) mod refusal;
pub(crate) mod roles;

use std::collections::BTreeSet;

use careway_kernel::{AccountId, Email, Language, Names, OrganizationId};
use careway_service::OrganizationKind;
use chrono::{DateTime, Utc};

use refusal::Refusal;
use roles::{Roles, Table};

use crate::organizations::domain::{self as organizations, Code};

/// An account in one organization: a membership, or an invitation that is not accepted yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) id: AccountId,
    pub(crate) organization: OrganizationId,
    pub(crate) email: Email,
    pub(crate) name: Names,
    pub(crate) roles: Vec<String>,
    pub(crate) status: Status,
    pub(crate) totp_enabled: bool,
    pub(crate) version: i64,
    pub(crate) created_at: DateTime<Utc>,
}

/// A person with the organization they work for, as both are now.
#[derive(Debug)]
pub(crate) struct Membership {
    pub(crate) account: AccountId,
    pub(crate) organization: OrganizationId,
    pub(crate) kind: OrganizationKind,
    pub(crate) organization_name: Names,
    pub(crate) organization_status: organizations::Status,
    pub(crate) codes: Vec<Code>,
    pub(crate) email: Email,
    pub(crate) name: Names,
    pub(crate) roles: Vec<String>,
    pub(crate) status: Status,
    pub(crate) language: Language,
}

impl Membership {
    /// Nobody of a suspended organization can do anything.
    pub(crate) fn is_active(&self) -> bool {
        self.status == Status::Active && self.organization_status == organizations::Status::Active
    }

    /// What the person may do there now.
    pub(crate) fn permissions(&self) -> BTreeSet<&'static str> {
        if self.is_active() { Table::of(self.kind).permissions(&self.roles) } else { BTreeSet::new() }
    }
}

/// Whether the person can act for the organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Invited,
    Active,
    Disabled,
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Invited => "INVITED",
            Self::Active => "ACTIVE",
            Self::Disabled => "DISABLED",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Invited, Self::Active, Self::Disabled].into_iter().find(|status| status.as_str() == text)
    }
}

/// Who grants or takes: nobody gives or takes what they do not hold, as their own row says now. A token says what its
/// holder held when it was issued.
#[derive(Debug)]
pub(crate) struct Grantor {
    /// The kind of organization they work for.
    pub(crate) kind: OrganizationKind,
    permissions: BTreeSet<&'static str>,
}

impl Grantor {
    /// The grantor with this account; a disabled one holds nothing.
    pub(crate) fn new(kind: OrganizationKind, account: &Account) -> Self {
        let permissions = match account.status {
            Status::Active => Table::of(kind).permissions(&account.roles),
            Status::Invited | Status::Disabled => BTreeSet::new(),
        };
        Self { kind, permissions }
    }

    /// Whether they hold a permission.
    pub(crate) fn holds(&self, permission: &str) -> bool {
        self.permissions.contains(permission)
    }

    /// Refuses a grantor who does not hold this permission any more.
    pub(crate) fn check(&self, permission: &str) -> Result<(), Refusal> {
        if self.holds(permission) { Ok(()) } else { Err(Refusal::RoleNotAllowed) }
    }

    /// Allows the change from the roles of before to those of after.
    pub(crate) fn may_change(&self, before: &[String], after: &[String]) -> Result<(), Refusal> {
        self.check("accounts.manage")?;
        let moved: Vec<String> = before
            .iter()
            .filter(|role| !after.contains(role))
            .chain(after.iter().filter(|role| !before.contains(role)))
            .cloned()
            .collect();
        if Table::of(self.kind).permissions(&moved).into_iter().all(|permission| self.holds(permission)) {
            Ok(())
        } else {
            Err(Refusal::RoleNotAllowed)
        }
    }

    /// Allows an operator to invite the first administrator of another organization, who invites the others.
    pub(crate) fn may_invite_elsewhere(&self, kind: OrganizationKind, roles: &Roles) -> Result<(), Refusal> {
        self.check("organizations.manage")?;
        if roles.names() == [Table::of(kind).administrator()] { Ok(()) } else { Err(Refusal::RoleNotAllowed) }
    }
}

impl Account {
    /// The account under another name or with other roles. `other_administrators`: those active beside this one.
    pub(crate) fn change(
        mut self,
        name: Option<Names>,
        roles: Option<Roles>,
        grantor: &Grantor,
        other_administrators: usize,
    ) -> Result<Self, Refusal> {
        grantor.check("accounts.manage")?;
        if self.status == Status::Invited {
            return Err(Refusal::InvitationPending);
        }
        if let Some(roles) = roles {
            grantor.may_change(&self.roles, roles.names())?;
            let steps_down = self.administers(grantor.kind) && !roles.administer(grantor.kind);
            if steps_down && self.status == Status::Active && other_administrators == 0 {
                return Err(Refusal::LastAdministrator);
            }
            self.roles = roles.names().to_vec();
        }
        if let Some(name) = name {
            self.name = name;
        }
        self.version += 1;
        Ok(self)
    }

    /// The account out of service. Disabling twice changes nothing.
    pub(crate) fn disable(mut self, grantor: &Grantor, other_administrators: usize) -> Result<Self, Refusal> {
        grantor.may_change(&self.roles, &[])?;
        match self.status {
            Status::Disabled => return Ok(self),
            Status::Invited => return Err(Refusal::InvitationPending),
            Status::Active => {}
        }
        if self.administers(grantor.kind) && other_administrators == 0 {
            return Err(Refusal::LastAdministrator);
        }
        self.status = Status::Disabled;
        self.version += 1;
        Ok(self)
    }

    /// The account back in service. Enabling twice changes nothing.
    pub(crate) fn enable(mut self, grantor: &Grantor) -> Result<Self, Refusal> {
        grantor.may_change(&[], &self.roles)?;
        match self.status {
            Status::Active => return Ok(self),
            Status::Invited => return Err(Refusal::InvitationPending),
            Status::Disabled => {}
        }
        self.status = Status::Active;
        self.version += 1;
        Ok(self)
    }

    /// Whether a role of before is gone.
    pub(crate) fn lost_a_role(&self, before: &[String]) -> bool {
        before.iter().any(|role| !self.roles.contains(role))
    }

    fn administers(&self, kind: OrganizationKind) -> bool {
        self.roles.iter().any(|role| role == Table::of(kind).administrator())
    }
}

#[cfg(test)]
mod tests;
