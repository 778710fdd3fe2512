//! Who calls about cases: whose cases they see, as whom they act, what they may do.

use careway_service::{Call, Error, OrganizationKind, Result, Subject};

use super::{
    domain::{Actor, Channel, Side, actions::Powers},
    store::find::{CaseKey, Scope},
};

/// Support sees all cases, everybody else those of their organization.
pub(crate) fn scope(call: &Call) -> Result<Scope> {
    match call.caller.kind() {
        Some(OrganizationKind::Platform) => Ok(Scope::All),
        _ => Ok(Scope::Own(call.caller.organization()?)),
    }
}

/// Whether the caller is one of support's people.
pub(crate) fn is_support(call: &Call) -> bool {
    call.caller.kind() == Some(OrganizationKind::Platform)
}

/// What the caller may do with cases, by the permissions of the token.
pub(crate) fn powers(call: &Call) -> Powers {
    Powers {
        side: side(call),
        write: call.caller.may("cases.write"),
        handle: call.caller.may("cases.handle"),
        manage: call.caller.may("cases.manage"),
    }
}

/// The caller as somebody who does something.
pub(crate) fn actor(call: &Call) -> Actor {
    let (account, channel) = match call.caller.subject {
        Subject::Account(account) => (Some(account), Channel::Portal),
        _ => (None, Channel::Api),
    };
    Actor { side: side(call), account, subject: call.caller.subject.to_string(), channel }
}

fn side(call: &Call) -> Side {
    if is_support(call) { Side::Support } else { Side::Partner }
}

/// Reads the case that a path names, by its id or its number.
pub(crate) fn case_key(text: &str) -> Result<CaseKey> {
    CaseKey::parse(text).ok_or(Error::not_found("case"))
}
