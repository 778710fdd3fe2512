//! Roles → permissions: the one table of who may do what.

use std::collections::BTreeSet;

use careway_service::OrganizationKind;

/// The permissions that a kind of organization has, and which of its roles hold each.
#[derive(Debug)]
pub(crate) struct Table {
    kind: OrganizationKind,
    /// May do every line of the table, so that no role is above it.
    administrator: &'static str,
    roles: &'static [&'static str],
    /// `*`: every role. Nothing: the administrator alone.
    permissions: &'static [(&'static str, &'static str)],
}

static TABLES: [Table; 7] = [
    Table {
        kind: OrganizationKind::Facility,
        administrator: "ADMINISTRATOR",
        roles: &["FRONT_DESK", "CLINICIAN", "CLAIMS_CLERK", "PHARMACIST", "SUPERVISOR"],
        permissions: &[
            ("organizations.read", "*"),
            ("visits.start", "FRONT_DESK SUPERVISOR"),
            ("visits.verify", "FRONT_DESK SUPERVISOR"),
            ("visits.admit", "FRONT_DESK SUPERVISOR"),
            ("visits.read", "*"),
            ("visits.cancel", "FRONT_DESK SUPERVISOR"),
            ("visits.override", "FRONT_DESK SUPERVISOR"),
            ("visits.override.approve", "SUPERVISOR"),
            ("benefits.read", "*"),
            ("contracts.read", "FRONT_DESK CLAIMS_CLERK SUPERVISOR"),
            ("channels.read", "FRONT_DESK SUPERVISOR"),
            ("channels.manage", ""),
            ("accounts.read", "SUPERVISOR"),
            ("accounts.manage", ""),
            ("api-clients.manage", ""),
        ],
    },
    Table {
        kind: OrganizationKind::Payer,
        administrator: "ADMINISTRATOR",
        roles: &["BENEFITS_OFFICER", "MEDICAL_REVIEWER"],
        permissions: &[
            ("organizations.read", "*"),
            ("members.read", "*"),
            ("members.write", "BENEFITS_OFFICER"),
            ("members.import", "BENEFITS_OFFICER"),
            ("members.access-log", "BENEFITS_OFFICER"),
            ("challenges.unlock", "BENEFITS_OFFICER"),
            ("visits.read", "*"),
            ("visits.override.approve", "BENEFITS_OFFICER"),
            ("visits.override.review", "*"),
            ("benefits.read", "*"),
            ("plans.read", "*"),
            ("plans.manage", "BENEFITS_OFFICER"),
            ("coverages.read", "*"),
            ("coverages.manage", "BENEFITS_OFFICER"),
            ("coverages.import", "BENEFITS_OFFICER"),
            ("contracts.read", "*"),
            ("contracts.manage", "BENEFITS_OFFICER"),
            ("accounts.read", ""),
            ("accounts.manage", ""),
            ("api-clients.manage", ""),
        ],
    },
    Table {
        kind: OrganizationKind::Agency,
        administrator: "ADMINISTRATOR",
        roles: &["AGENT"],
        permissions: &[
            ("organizations.read", "*"),
            ("accounts.read", ""),
            ("accounts.manage", ""),
            ("api-clients.manage", ""),
        ],
    },
    Table {
        kind: OrganizationKind::Authority,
        administrator: "ADMINISTRATOR",
        roles: &["OFFICER"],
        permissions: &[
            ("organizations.read", "*"),
            ("accounts.read", ""),
            ("accounts.manage", ""),
            ("api-clients.manage", ""),
        ],
    },
    Table {
        kind: OrganizationKind::Partner,
        administrator: "ADMINISTRATOR",
        roles: &["EDITOR", "READER"],
        permissions: &[
            ("organizations.read", "*"),
            ("cases.read", "*"),
            ("cases.write", "EDITOR"),
            ("accounts.read", ""),
            ("accounts.manage", ""),
            ("api-clients.manage", ""),
        ],
    },
    Table {
        kind: OrganizationKind::Channel,
        administrator: "ADMINISTRATOR",
        roles: &["EDITOR", "READER"],
        permissions: &[
            ("organizations.read", "*"),
            ("channels.read", "*"),
            ("channels.manage", "EDITOR"),
            ("accounts.read", ""),
            ("accounts.manage", ""),
            ("api-clients.manage", ""),
        ],
    },
    Table {
        kind: OrganizationKind::Platform,
        administrator: "OPERATOR",
        roles: &["SUPPORT_AGENT"],
        permissions: &[
            ("organizations.read", "*"),
            ("organizations.manage", ""),
            ("cases.read", "*"),
            ("cases.write", "*"),
            ("channels.read", "*"),
            ("keys.rotate", ""),
            ("dead-letters.manage", ""),
            ("accounts.read", ""),
            ("accounts.manage", ""),
            ("api-clients.manage", ""),
        ],
    },
];

impl Table {
    /// The table of a kind of organization.
    pub(crate) fn of(kind: OrganizationKind) -> &'static Self {
        TABLES.iter().find(|table| table.kind == kind).expect("every kind has its table")
    }

    /// The role that may do everything.
    pub(crate) fn administrator(&self) -> &'static str {
        self.administrator
    }

    /// Every permission an organization of this kind can have.
    pub(crate) fn all(&self) -> BTreeSet<&'static str> {
        self.permissions.iter().map(|(permission, _)| *permission).collect()
    }

    /// The roles that hold a permission, the administrator's left out.
    pub(crate) fn holders(&self, permission: &str) -> Vec<&'static str> {
        let listed = self.permissions.iter().find(|(listed, _)| *listed == permission);
        let held = |role: &&'static str| {
            listed.is_some_and(|(_, holders)| *holders == "*" || holders.split(' ').any(|it| it == *role))
        };
        self.roles.iter().copied().filter(held).collect()
    }

    /// What these roles may do together; a role this kind does not have may do nothing.
    pub(crate) fn permissions(&self, roles: &[String]) -> BTreeSet<&'static str> {
        let held = |holders: &str| {
            roles.iter().any(|role| {
                role == self.administrator
                    || self.role(role).is_some()
                        && (holders == "*" || holders.split(' ').any(|holder| holder == role))
            })
        };
        self.permissions
            .iter()
            .filter(|(_, holders)| held(holders))
            .map(|(permission, _)| *permission)
            .collect()
    }

    fn role(&self, name: &str) -> Option<&'static str> {
        self.roles.iter().copied().chain([self.administrator]).find(|role| *role == name)
    }
}

/// Whether some role holds this permission: one that none holds would shut its RPC for everybody.
#[must_use]
pub fn is_permission(name: &str) -> bool {
    TABLES.iter().any(|table| table.permissions.iter().any(|(permission, _)| *permission == name))
}

/// Some roles of one kind of organization: at least one, each once, in the table's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Roles(Vec<String>);

/// The roles do not fit the kind of organization.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidRoles {
    /// None at all.
    #[error("must name at least one role")]
    None,
    /// One that this kind of organization does not have.
    #[error("must be of {0}")]
    Unknown(String),
}

impl Roles {
    /// Reads the names of roles that this kind of organization has.
    pub(crate) fn parse(kind: OrganizationKind, names: &[String]) -> Result<Self, InvalidRoles> {
        let table = Table::of(kind);
        let known = || table.roles.iter().copied().chain([table.administrator]);
        if names.is_empty() {
            return Err(InvalidRoles::None);
        }
        if names.iter().any(|name| table.role(name).is_none()) {
            return Err(InvalidRoles::Unknown(known().collect::<Vec<_>>().join(", ")));
        }
        Ok(Self(known().filter(|role| names.iter().any(|name| name == role)).map(str::to_owned).collect()))
    }

    /// Their names.
    pub(crate) fn names(&self) -> &[String] {
        &self.0
    }

    /// Whether the administrator's is among them.
    pub(crate) fn administer(&self, kind: OrganizationKind) -> bool {
        self.0.iter().any(|role| role == Table::of(kind).administrator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(roles: &[&str]) -> Vec<String> {
        roles.iter().map(|&role| role.to_owned()).collect()
    }

    #[test]
    fn every_kind_has_a_table_and_every_line_names_its_roles() {
        for kind in OrganizationKind::ALL {
            let table = Table::of(kind);
            for (permission, holders) in table.permissions {
                let known =
                    |holder: &str| holder == "*" || holder.is_empty() || table.roles.contains(&holder);
                assert!(holders.split(' ').all(known), "{kind:?}: {permission}: {holders}");
            }
            assert_eq!(table.all().len(), table.permissions.len(), "{kind:?} lists a permission twice");
            assert_eq!(table.permissions(&names(&[table.administrator])), table.all());
        }
    }

    #[test]
    fn the_front_desk_starts_visits_and_approves_no_override() {
        let desk = Table::of(OrganizationKind::Facility).permissions(&names(&["FRONT_DESK"]));
        assert!(desk.contains("visits.start") && desk.contains("visits.override"));
        assert!(!desk.contains("visits.override.approve") && !desk.contains("accounts.manage"));
    }

    #[test]
    fn only_the_platform_manages_organizations_and_keys() {
        for kind in OrganizationKind::ALL {
            let all = Table::of(kind).all();
            for permission in ["organizations.manage", "keys.rotate", "dead-letters.manage"] {
                assert_eq!(
                    all.contains(permission),
                    kind == OrganizationKind::Platform,
                    "{kind:?} {permission}"
                );
            }
        }
    }

    #[test]
    fn roles_fit_their_kind() {
        let parse = |kind, roles: &[&str]| Roles::parse(kind, &names(roles));
        assert_eq!(parse(OrganizationKind::Payer, &[]), Err(InvalidRoles::None));
        assert!(parse(OrganizationKind::Payer, &["FRONT_DESK"]).is_err());
        assert!(parse(OrganizationKind::Platform, &["ADMINISTRATOR"]).is_err());
        let both = parse(OrganizationKind::Facility, &["SUPERVISOR", "FRONT_DESK", "SUPERVISOR"]).unwrap();
        assert_eq!(both.names(), ["FRONT_DESK", "SUPERVISOR"]);
        assert!(!both.administer(OrganizationKind::Facility));
    }

    #[test]
    fn a_role_of_another_kind_may_do_nothing() {
        assert!(
            Table::of(OrganizationKind::Agency).permissions(&names(&["FRONT_DESK", "OPERATOR"])).is_empty()
        );
    }
}
