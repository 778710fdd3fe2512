//! Roles → permissions: the one table of who may do what.

use std::collections::BTreeSet;

use careway_service::OrganizationKind::{self, Agency, Authority, Channel, Facility, Partner, Payer, Platform};

/// What every kind of organization calls the role that may do everything the organization may.
pub(crate) const ADMINISTRATOR: &str = "ADMINISTRATOR";
/// The platform's administrator.
pub(crate) const OPERATOR: &str = "OPERATOR";

/// What administrators have beside the permissions of every other role of their organization.
const ADMINISTRATION: &[&str] =
    &["organizations.read", "accounts.read", "accounts.manage", "api-clients.manage", "dead-letters.read"];

const FRONT_DESK: &[&str] = &[
    "organizations.read",
    "visits.start",
    "visits.verify",
    "visits.admit",
    "visits.read",
    "visits.cancel",
    "visits.override",
    "benefits.read",
    "contracts.read",
    "channels.read",
];

/// One line per role: the kind of organization that has it, its name, what it may do.
const ROLES: &[(OrganizationKind, &str, &[&str])] = &[
    (Facility, "FRONT_DESK", FRONT_DESK),
    (Facility, "CLINICIAN", &["organizations.read", "visits.read", "benefits.read"]),
    (Facility, "CLAIMS_CLERK", &["organizations.read", "visits.read", "benefits.read", "contracts.read"]),
    (Facility, "PHARMACIST", &["organizations.read", "visits.read", "benefits.read"]),
    (Facility, "SUPERVISOR", &["organizations.read", "accounts.read", "visits.read", "visits.override.approve"]),
    (Facility, ADMINISTRATOR, &["channels.manage"]),
];
