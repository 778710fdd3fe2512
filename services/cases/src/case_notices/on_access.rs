//! Somebody may read cases no more, or their organization is suspended: what they were to be told and is not sent yet is withdrawn,
//! so that it does not come either when they may again. What was raised after that is left: they may again since then, or sending it
//! asks identity and is refused.

use careway_contract::identity::v1::{AccountDisabled, AccountRolesChanged, OrganizationChanged};
use careway_events::Received;
use careway_kernel::{AccountId, OrganizationId};
use careway_service::{Error, Result, Transaction};

use super::store;
use crate::{App, cases::staff};

pub(crate) async fn account_disabled(
    _: &App,
    tx: &mut Transaction,
    event: Received<AccountDisabled>,
) -> Result<()> {
    let account = AccountId::parse(&event.message.account_id).map_err(Error::internal)?;
    let organization = OrganizationId::parse(&event.message.organization_id).map_err(Error::internal)?;
    store::update_withdrawn(tx, organization.uuid(), Some(account.uuid()), event.occurred_at).await
}

/// The event names roles; identity says whether they let cases be read now.
pub(crate) async fn account_roles_changed(
    app: &App,
    tx: &mut Transaction,
    event: Received<AccountRolesChanged>,
) -> Result<()> {
    let account = AccountId::parse(&event.message.account_id).map_err(Error::internal)?;
    let organization = OrganizationId::parse(&event.message.organization_id).map_err(Error::internal)?;
    if staff::holds(app, account, organization, "cases.read").await? {
        return Ok(());
    }
    let now = tx.now();
    store::update_withdrawn(tx, organization.uuid(), Some(account.uuid()), now).await
}

pub(crate) async fn organization_changed(
    _: &App,
    tx: &mut Transaction,
    event: Received<OrganizationChanged>,
) -> Result<()> {
    match event.message.status.as_str() {
        "SUSPENDED" => store::update_withdrawn(tx, event.aggregate, None, event.occurred_at).await,
        _ => Ok(()),
    }
}
