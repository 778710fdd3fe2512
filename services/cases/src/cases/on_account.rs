//! Somebody can do less for an organization: they are with no case any more that they may not read, and what they had of
//! support's and may not handle is free again.

use careway_contract::{
    cases::v1::CaseChanged,
    identity::v1::{AccountDisabled, AccountRolesChanged, account},
};
use careway_events::{Fact, Received, record};
use careway_kernel::{AccountId, OrganizationId};
use careway_service::{Error, Result, Transaction, version};

use super::{
    staff,
    store::waking::{Lost, update_cases_without},
};
use crate::App;

pub(crate) async fn account_disabled(
    app: &App,
    tx: &mut Transaction,
    event: Received<AccountDisabled>,
) -> Result<()> {
    let AccountDisabled { account_id, organization_id } = event.message;
    let (account, organization) = parse(&account_id, &organization_id)?;
    drop_account(app, tx, (account, organization), Lost { reading: true, handling: true }).await
}

/// The event names roles; identity says what they allow now. Who is disabled, or of a suspended organization, is left to the event
/// that says so: a suspended organization keeps its participants.
pub(crate) async fn account_roles_changed(
    app: &App,
    tx: &mut Transaction,
    event: Received<AccountRolesChanged>,
) -> Result<()> {
    let AccountRolesChanged { account_id, organization_id, .. } = event.message;
    let (account, organization) = parse(&account_id, &organization_id)?;
    let known = staff::membership(app, account, organization).await?;
    if known.as_ref().is_some_and(|known| known.status() == account::Status::Disabled) {
        return Ok(());
    }
    let may = |permission| known.iter().flat_map(|known| &known.permissions).any(|held| held == permission);
    let lost = Lost { reading: !may("cases.read"), handling: !may("cases.handle") };
    drop_account(app, tx, (account, organization), lost).await
}

fn parse(account: &str, organization: &str) -> Result<(AccountId, OrganizationId)> {
    let account = AccountId::parse(account).map_err(Error::internal)?;
    Ok((account, OrganizationId::parse(organization).map_err(Error::internal)?))
}

async fn drop_account(
    app: &App,
    tx: &mut Transaction,
    membership: (AccountId, OrganizationId),
    lost: Lost,
) -> Result<()> {
    let now = tx.now();
    let changed = update_cases_without(tx, &app.case_keys, membership, lost, now).await?;
    for case in changed {
        let fact = CaseChanged {
            case_id: case.case_id.to_string(),
            organization_id: case.organization_id.to_string(),
            changed: vec!["participants".to_owned()],
            state: case.state,
            version: version(case.version),
        };
        let of = OrganizationId::from_uuid(case.organization_id);
        record(tx, Fact::new(fact).about(case.case_id, case.version).of(of));
    }
    tx.wake_after_commit(app.feed.changed());
    Ok(())
}
