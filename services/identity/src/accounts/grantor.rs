//! Who grants, as their own row says now: a token is believed for ten minutes, a role may be gone for nine of them.

use careway_kernel::AccountId;
use careway_service::{Call, Error, OrganizationKind, Result, Transaction};

use super::{
    domain::{Account, Grantor, refusal::Refusal},
    store::{self, Locked},
    view::kind_of,
};

/// The caller as a grantor, locked until the end of the transaction. Only a person grants.
pub(crate) async fn lock_grantor(tx: &mut Transaction, call: &Call) -> Result<Grantor> {
    let (kind, organization, person) = (kind_of(call)?, call.caller.organization()?, call.caller.account()?);
    grantor(kind, store::lock_grantor(tx, organization, person).await?)
}

/// An account of the caller's organization, locked together with the caller as its grantor, and how many active
/// administrators there are beside the account.
pub(super) async fn lock_with_grantor(
    tx: &mut Transaction,
    call: &Call,
    id: AccountId,
) -> Result<(Account, Grantor, usize)> {
    let (kind, organization, person) = (kind_of(call)?, call.caller.organization()?, call.caller.account()?);
    let locked = store::lock_account(tx, organization, id, person, kind).await?;
    let Locked { account, grantor: by, other_administrators } =
        locked.ok_or_else(|| Error::not_found("account"))?;
    Ok((account, grantor(kind, by)?, other_administrators))
}

/// Who does not work there any more grants nothing.
pub(super) fn grantor(kind: OrganizationKind, account: Option<Account>) -> Result<Grantor> {
    Ok(account.map(|account| Grantor::new(kind, &account)).ok_or(Refusal::RoleNotAllowed)?)
}
