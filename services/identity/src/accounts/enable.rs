//! Enable a disabled account: the person can act for the organization again.

use careway_contract::identity::v1::{AccountEnabled, EnableAccountRequest, EnableAccountResponse};
use careway_events::{Fact, record};
use careway_kernel::AccountId;
use careway_service::{Call, Error, Result};

use super::{
    domain::Grantor,
    store,
    view::{kind_of, message},
};
use crate::{App, members::view::parse_id};

pub(crate) async fn enable_account(
    app: &App,
    call: &Call,
    request: EnableAccountRequest,
) -> Result<EnableAccountResponse> {
    let (kind, organization) = (kind_of(call)?, call.caller.organization()?);
    let id = parse_id("accountId", &request.account_id, AccountId::parse)?;

    let mut tx = app.db.begin(call).await?;
    let locked = store::lock(&mut tx, organization, id, kind).await?;
    let (account, _) = locked.ok_or_else(|| Error::not_found("account"))?;
    let version_before = account.version;
    let enabled = account.enable(&Grantor { kind, holds: &|permission| call.caller.may(permission) })?;
    if enabled.version != version_before {
        store::update(&mut tx, &enabled).await?;
        let fact =
            AccountEnabled { account_id: enabled.id.to_string(), organization_id: organization.to_string() };
        record(&mut tx, Fact::new(fact).about(enabled.id.uuid(), enabled.version).of(organization));
    }
    tx.commit(EnableAccountResponse { account: Some(message(&enabled)) }).await
}
