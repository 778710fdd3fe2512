//! Roles → permissions: the one table of who may do what.

use std::collections::BTreeSet;

use careway_service::OrganizationKind;

/// The permissions that a kind of organization has, and which of its roles hold each.
#[derive(Debug)]
pub struct Table {
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
            ("documents.add", "FRONT_DESK CLINICIAN CLAIMS_CLERK SUPERVISOR"),
            ("documents.read", "CLINICIAN CLAIMS_CLERK SUPERVISOR"),
            ("preauthorizations.read", "FRONT_DESK CLINICIAN CLAIMS_CLERK SUPERVISOR"),
            ("preauthorizations.request", "CLINICIAN CLAIMS_CLERK"),
            ("contracts.read", "FRONT_DESK CLAIMS_CLERK SUPERVISOR"),
            ("medical-file.read", "CLINICIAN"),
            ("medical-file.consent", "FRONT_DESK CLINICIAN"),
            ("prescriptions.read", "CLINICIAN PHARMACIST SUPERVISOR"),
            ("prescriptions.issue", "CLINICIAN"),
            ("prescriptions.dispense", "PHARMACIST"),
            ("tariffs.read", "*"),
            ("claims.read", "CLAIMS_CLERK SUPERVISOR"),
            ("claims.submit", "CLAIMS_CLERK"),
            ("claims.import", "CLAIMS_CLERK"),
            ("channels.read", "FRONT_DESK SUPERVISOR"),
            ("channels.connect", ""),
            ("channels.contract", ""),
            ("channels.suspend", ""),
            ("channels.test", "SUPERVISOR"),
            ("services.manage", "SUPERVISOR"),
            ("calendars.manage", "SUPERVISOR"),
            ("prices.manage", ""),
            ("bookings.read", "FRONT_DESK CLINICIAN SUPERVISOR"),
            ("bookings.manage", "FRONT_DESK SUPERVISOR"),
            ("accounts.read", "SUPERVISOR"),
            ("accounts.manage", ""),
            ("api-clients.manage", ""),
            ("webhooks.manage", ""),
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
            ("documents.read", "*"),
            ("preauthorizations.read", "*"),
            ("preauthorizations.decide", "MEDICAL_REVIEWER"),
            ("plans.read", "*"),
            ("plans.manage", "BENEFITS_OFFICER"),
            ("coverages.read", "*"),
            ("coverages.manage", "BENEFITS_OFFICER"),
            ("coverages.import", "BENEFITS_OFFICER"),
            ("contracts.read", "*"),
            ("contracts.manage", "BENEFITS_OFFICER"),
            ("prescriptions.read", "MEDICAL_REVIEWER"),
            ("tariffs.read", "*"),
            ("tariffs.manage", "BENEFITS_OFFICER"),
            ("claims.read", "*"),
            ("claims.review", "MEDICAL_REVIEWER"),
            ("claims.pay", "BENEFITS_OFFICER"),
            ("accounts.read", ""),
            ("accounts.manage", ""),
            ("api-clients.manage", ""),
            ("webhooks.manage", ""),
        ],
    },
    Table {
        kind: OrganizationKind::Agency,
        administrator: "ADMINISTRATOR",
        roles: &["AGENT"],
        permissions: &[
            ("organizations.read", "*"),
            ("participants.read", "*"),
            ("participants.contact", "AGENT"),
            ("data-issues.report", "AGENT"),
            ("renewals.read", "*"),
            ("renewals.export", "AGENT"),
            ("renewals.renew", "AGENT"),
            ("reminders.read", "*"),
            ("reminders.manage", "AGENT"),
            ("reminders.approve", ""),
            ("templates.manage", ""),
            ("opt-outs.manage", "AGENT"),
            ("accounts.read", ""),
            ("accounts.manage", ""),
            ("api-clients.manage", ""),
            ("webhooks.manage", ""),
        ],
    },
    Table {
        kind: OrganizationKind::Authority,
        administrator: "ADMINISTRATOR",
        roles: &["OFFICER"],
        permissions: &[
            ("organizations.read", "*"),
            ("agencies.manage", ""),
            ("participants.read", "*"),
            ("participants.import", "OFFICER"),
            ("data-issues.resolve", "OFFICER"),
            ("renewals.read", "*"),
            ("renewals.export", "OFFICER"),
            ("renewals.import", "OFFICER"),
            ("renewals.undo", "OFFICER"),
            ("renewal-settings.manage", ""),
            ("reminders.read", "*"),
            ("reminders.approve", "OFFICER"),
            ("templates.manage", "OFFICER"),
            ("opt-outs.manage", "OFFICER"),
            ("accounts.read", ""),
            ("accounts.manage", ""),
            ("api-clients.manage", ""),
            ("webhooks.manage", ""),
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
            ("webhooks.manage", ""),
        ],
    },
    Table {
        kind: OrganizationKind::Channel,
        administrator: "ADMINISTRATOR",
        roles: &["EDITOR", "AGENT", "READER"],
        permissions: &[
            ("organizations.read", "*"),
            ("cases.read", "*"),
            ("cases.write", "EDITOR"),
            ("channels.read", "*"),
            ("catalogue.read", "*"),
            ("channels.set-up", "EDITOR"),
            ("channels.acknowledge", "EDITOR"),
            ("channels.test", "EDITOR"),
            ("channels.contract", ""),
            ("channels.suspend", ""),
            ("channels.go-live", ""),
            ("bookings.read", "*"),
            ("bookings.make", "EDITOR AGENT"),
            ("accounts.read", ""),
            ("accounts.manage", ""),
            ("api-clients.manage", ""),
            ("webhooks.manage", ""),
        ],
    },
    Table {
        kind: OrganizationKind::Platform,
        administrator: "OPERATOR",
        roles: &["SUPPORT_AGENT", "SUPPORT_LEAD"],
        permissions: &[
            ("organizations.read", "*"),
            ("organizations.manage", ""),
            ("cases.read", "*"),
            ("cases.write", "*"),
            ("cases.handle", "*"),
            ("cases.manage", "SUPPORT_LEAD"),
            ("mail.deliver", ""),
            ("channels.read", "*"),
            ("channels.acknowledge", "SUPPORT_AGENT"),
            ("channels.suspend", "SUPPORT_AGENT"),
            ("consents.publish", ""),
            ("keys.rotate", ""),
            ("dead-letters.manage", ""),
            ("messages.read", "*"),
            ("messages.redrive", ""),
            ("accounts.read", ""),
            ("accounts.manage", ""),
            ("api-clients.manage", ""),
        ],
    },
];

/// What only a person may do, so that no program makes others more powerful or outlives its maker: no API client gets
/// these.
const FOR_PERSONS: [&str; 2] = ["accounts.manage", "api-clients.manage"];

impl Table {
    /// The table of a kind of organization.
    pub(crate) fn of(kind: OrganizationKind) -> &'static Self {
        TABLES.iter().find(|table| table.kind == kind).expect("every kind has its table")
    }

    /// The tables of every kind.
    pub fn every() -> &'static [Self] {
        &TABLES
    }

    /// The kind of organization it is of.
    pub fn kind(&self) -> OrganizationKind {
        self.kind
    }

    /// The role that may do everything.
    pub(crate) fn administrator(&self) -> &'static str {
        self.administrator
    }

    /// An authority may insure people by a scheme of its own: it has a payer's roles beside its own.
    fn scheme(&self) -> Option<&'static Self> {
        (self.kind == OrganizationKind::Authority).then(|| Self::of(OrganizationKind::Payer))
    }

    /// Every role, the administrator's last.
    pub fn roles(&self) -> impl Iterator<Item = &'static str> {
        let of_the_scheme = self.scheme().map(|scheme| scheme.roles).unwrap_or_default();
        self.roles.iter().chain(of_the_scheme).copied().chain([self.administrator])
    }

    /// Every permission an organization of this kind can have.
    pub fn all(&self) -> BTreeSet<&'static str> {
        let own = self.permissions.iter().map(|(permission, _)| *permission);
        own.chain(self.scheme().into_iter().flat_map(Self::all)).collect()
    }

    /// Every permission an API client of such an organization can have.
    pub fn for_clients(&self) -> BTreeSet<&'static str> {
        self.all().into_iter().filter(|permission| !FOR_PERSONS.contains(permission)).collect()
    }

    /// The roles that hold a permission, the administrator's left out.
    pub(crate) fn holders(&self, permission: &str) -> Vec<&'static str> {
        let listed = self.permissions.iter().find(|(listed, _)| *listed == permission);
        let held = |role: &&'static str| {
            listed.is_some_and(|(_, holders)| *holders == "*" || holders.split(' ').any(|it| it == *role))
        };
        let of_the_scheme = self.scheme().map(|scheme| scheme.holders(permission)).unwrap_or_default();
        self.roles.iter().copied().filter(held).chain(of_the_scheme).collect()
    }

    /// Every role that holds a permission, the administrator's last; none when the kind does not have it.
    pub fn all_holders(&self, permission: &str) -> Vec<&'static str> {
        let administrator = self.all().contains(permission).then_some(self.administrator);
        self.holders(permission).into_iter().chain(administrator).collect()
    }

    /// What these roles may do together; a role this kind does not have may do nothing.
    pub(crate) fn permissions(&self, roles: &[String]) -> BTreeSet<&'static str> {
        let held = |holders: &str| {
            roles.iter().any(|role| {
                role == self.administrator
                    || self.roles.contains(&role.as_str())
                        && (holders == "*" || holders.split(' ').any(|holder| holder == role))
            })
        };
        let own =
            self.permissions.iter().filter(|(_, holders)| held(holders)).map(|(permission, _)| *permission);
        own.chain(self.scheme().into_iter().flat_map(|scheme| scheme.permissions(roles))).collect()
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
        let known = || table.roles();
        if names.is_empty() {
            return Err(InvalidRoles::None);
        }
        if names.iter().any(|name| known().all(|role| role != name)) {
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
            let listed: BTreeSet<_> = table.permissions.iter().map(|(permission, _)| permission).collect();
            assert_eq!(listed.len(), table.permissions.len(), "{kind:?} lists a permission twice");
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
    fn documents_are_added_by_more_people_than_may_read_them() {
        let may = |kind, role: &str, what: &str| Table::of(kind).permissions(&names(&[role])).contains(what);
        let facility = OrganizationKind::Facility;
        assert!(
            may(facility, "FRONT_DESK", "documents.add") && !may(facility, "FRONT_DESK", "documents.read")
        );
        assert!(
            may(facility, "CLINICIAN", "documents.read") && !may(facility, "PHARMACIST", "documents.read")
        );
        let payer = OrganizationKind::Payer;
        assert!(
            may(payer, "MEDICAL_REVIEWER", "documents.read") && !may(payer, "ADMINISTRATOR", "documents.add")
        );
    }

    #[test]
    fn an_authority_has_the_people_of_a_scheme_beside_its_own() {
        let (payer, authority) = (Table::of(OrganizationKind::Payer), Table::of(OrganizationKind::Authority));
        assert!(authority.all().is_superset(&payer.all()));
        for role in payer.roles {
            assert_eq!(authority.permissions(&names(&[role])), payer.permissions(&names(&[role])), "{role}");
        }
        assert_eq!(authority.holders("claims.review"), ["MEDICAL_REVIEWER"], "whom to write to of a claim");
        let officer = authority.permissions(&names(&["OFFICER"]));
        assert!(!officer.is_empty() && !officer.contains("members.read"));
        assert!(Roles::parse(OrganizationKind::Authority, &names(&["OFFICER", "MEDICAL_REVIEWER"])).is_ok());
        assert!(Roles::parse(OrganizationKind::Payer, &names(&["OFFICER"])).is_err());
    }

    #[test]
    fn only_the_platform_manages_organizations_and_keys_and_only_a_channel_takes_a_provider_live() {
        let (platform, channel) = (OrganizationKind::Platform, OrganizationKind::Channel);
        for kind in OrganizationKind::ALL {
            let all = Table::of(kind).all();
            for (permission, only) in [
                ("organizations.manage", platform),
                ("keys.rotate", platform),
                ("dead-letters.manage", platform),
                ("channels.go-live", channel),
                ("channels.set-up", channel),
            ] {
                assert_eq!(all.contains(permission), kind == only, "{kind:?} {permission}");
            }
        }
        assert_eq!(Table::of(channel).holders("channels.set-up"), ["EDITOR"]);
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
