//! A person as one organization sees them: name, roles, status there.

pub(crate) mod password;
pub(crate) mod roles;

use careway_kernel::{AccountId, Email, Names, OrganizationId};
use careway_service::OrganizationKind;
use chrono::{DateTime, Utc};

use crate::error::Refusal;
use roles::{Roles, Table};

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

/// Who grants or takes roles: nobody gives or takes what they do not hold.
pub(crate) struct Grantor<'a> {
    /// The kind of organization they work for.
    pub(crate) kind: OrganizationKind,
    /// Whether they hold a permission.
    pub(crate) holds: &'a (dyn Fn(&str) -> bool + Sync),
}

impl Grantor<'_> {
    /// Allows the change from the roles of before to those of after.
    pub(crate) fn may_change(&self, before: &[String], after: &[String]) -> Result<(), Refusal> {
        let moved: Vec<String> = before
            .iter()
            .filter(|role| !after.contains(role))
            .chain(after.iter().filter(|role| !before.contains(role)))
            .cloned()
            .collect();
        if Table::of(self.kind).permissions(&moved).into_iter().all(|permission| (self.holds)(permission)) {
            Ok(())
        } else {
            Err(Refusal::RoleNotAllowed)
        }
    }
}

impl Account {
    /// The account under another name or with other roles. `other_administrators`: those active beside this one.
    pub(crate) fn change(
        mut self,
        name: Option<Names>,
        roles: Option<Roles>,
        grantor: &Grantor<'_>,
        other_administrators: usize,
    ) -> Result<Self, Refusal> {
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
    pub(crate) fn disable(
        mut self,
        grantor: &Grantor<'_>,
        other_administrators: usize,
    ) -> Result<Self, Refusal> {
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
    pub(crate) fn enable(mut self, grantor: &Grantor<'_>) -> Result<Self, Refusal> {
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

    fn administers(&self, kind: OrganizationKind) -> bool {
        self.roles.iter().any(|role| role == Table::of(kind).administrator())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use careway_kernel::Clock;
    use careway_service::OrganizationKind::Facility;

    fn account(roles: &[&str]) -> Account {
        let clock = Clock::manual("2026-03-01T08:00:00Z".parse().unwrap());
        Account {
            id: AccountId::new(&clock),
            organization: OrganizationId::new(&clock),
            email: Email::parse("aline@hospital.example").unwrap(),
            name: Names::parse("Aline").unwrap(),
            roles: roles.iter().map(|&role| role.to_owned()).collect(),
            status: Status::Active,
            totp_enabled: false,
            version: 1,
            created_at: clock.now(),
        }
    }

    fn roles(names: &[&str]) -> Roles {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        Roles::parse(Facility, &names).unwrap()
    }

    const EVERYTHING: Grantor<'_> = Grantor { kind: Facility, holds: &|_| true };

    #[test]
    fn the_last_administrator_stays() {
        let last = account(&["ADMINISTRATOR"]);
        assert_eq!(last.clone().disable(&EVERYTHING, 0), Err(Refusal::LastAdministrator));
        let stepped = last.clone().change(None, Some(roles(&["CLINICIAN"])), &EVERYTHING, 0);
        assert_eq!(stepped, Err(Refusal::LastAdministrator));
        assert_eq!(last.disable(&EVERYTHING, 1).unwrap().status, Status::Disabled);
    }

    #[test]
    fn nobody_gives_or_takes_what_they_do_not_hold() {
        let clerk = Grantor { kind: Facility, holds: &|permission| permission != "accounts.manage" };
        let promoted = account(&["CLINICIAN"]).change(None, Some(roles(&["ADMINISTRATOR"])), &clerk, 1);
        assert_eq!(promoted, Err(Refusal::RoleNotAllowed));
        assert_eq!(account(&["ADMINISTRATOR"]).disable(&clerk, 1), Err(Refusal::RoleNotAllowed));
        let named = Names::parse("Aline Uwase").unwrap();
        let renamed = account(&["ADMINISTRATOR"]).change(Some(named.clone()), None, &clerk, 0).unwrap();
        assert_eq!((renamed.name, renamed.version), (named, 2));
    }

    #[test]
    fn disabling_and_enabling_twice_change_nothing_more() {
        let disabled = account(&["CLINICIAN"]).disable(&EVERYTHING, 0).unwrap();
        assert_eq!(disabled.clone().disable(&EVERYTHING, 0).unwrap(), disabled);
        let enabled = disabled.enable(&EVERYTHING).unwrap();
        assert_eq!((enabled.status, enabled.version), (Status::Active, 3));
        assert_eq!(enabled.clone().enable(&EVERYTHING).unwrap(), enabled);
    }

    #[test]
    fn an_invited_person_is_not_changed() {
        let mut invited = account(&["CLINICIAN"]);
        invited.status = Status::Invited;
        assert_eq!(invited.clone().enable(&EVERYTHING), Err(Refusal::InvitationPending));
        assert_eq!(invited.change(None, None, &EVERYTHING, 0), Err(Refusal::InvitationPending));
    }
}
