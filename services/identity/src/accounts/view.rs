//! Accounts between the domain and the contract.

use careway_contract::identity::v1;
use careway_service::{Call, Error, OrganizationKind, Result, SharedReason, timestamp, version};

use super::domain::{Account, Membership, Status, roles::Table};
use crate::organizations::view::{code_message, kind_message};

/// The account in the contract.
pub(crate) fn message(account: &Account) -> v1::Account {
    v1::Account {
        account_id: account.id.to_string(),
        email: account.email.as_str().to_owned(),
        name: account.name.as_str().to_owned(),
        roles: account.roles.clone(),
        status: match account.status {
            Status::Invited => v1::account::Status::Invited.into(),
            Status::Active => v1::account::Status::Active.into(),
            Status::Disabled => v1::account::Status::Disabled.into(),
        },
        totp_enabled: account.totp_enabled,
        version: version(account.version),
        created_at: Some(timestamp(account.created_at)),
    }
}

/// The membership in the contract.
pub(crate) fn membership(membership: &Membership) -> v1::Membership {
    let status =
        if membership.is_active() { v1::account::Status::Active } else { v1::account::Status::Disabled };
    v1::Membership {
        account_id: membership.account.to_string(),
        organization_id: membership.organization.to_string(),
        organization_kind: kind_message(membership.kind).into(),
        organization_name: membership.organization_name.as_str().to_owned(),
        codes: membership.codes.iter().map(code_message).collect(),
        email: membership.email.as_str().to_owned(),
        name: membership.name.as_str().to_owned(),
        status: status.into(),
        permissions: membership.permissions().into_iter().map(str::to_owned).collect(),
        language: membership.language.as_str().to_owned(),
    }
}

/// The kind of the caller's organization.
pub(crate) fn kind_of(call: &Call) -> Result<OrganizationKind> {
    let missing = || {
        Error::new(SharedReason::OrganizationRequired, "This needs a caller that acts for an organization.")
    };
    call.caller.kind().ok_or_else(missing)
}

/// What these roles may do there, by name.
pub(crate) fn permissions(kind: OrganizationKind, roles: &[String]) -> Vec<String> {
    Table::of(kind).permissions(roles).into_iter().map(str::to_owned).collect()
}
