//! Disable an account: the person can no longer act for the organization, from the next second on.

use careway_contract::identity::v1::{
    AccountDisabled, DisableAccountRequest, DisableAccountResponse, session_ended::Reason,
};
use careway_events::{Fact, record};
use careway_kernel::AccountId;
use careway_service::{Call, Error, Result};

use super::{
    domain::Grantor,
    store,
    view::{kind_of, message},
};
use crate::{
    App,
    members::view::parse_id,
    revocations::{self, Revoked},
    sessions::{self, store::Which},
};

pub(crate) async fn disable_account(
    app: &App,
    call: &Call,
    request: DisableAccountRequest,
) -> Result<DisableAccountResponse> {
    let (kind, organization) = (kind_of(call)?, call.caller.organization()?);
    let id = parse_id("accountId", &request.account_id, AccountId::parse)?;

    let mut tx = app.db.begin(call).await?;
    let locked = store::lock(&mut tx, organization, id, kind).await?;
    let (account, other_administrators) = locked.ok_or_else(|| Error::not_found("account"))?;
    let version_before = account.version;
    let grantor = Grantor { kind, holds: &|permission| call.caller.may(permission) };
    let disabled = account.disable(&grantor, other_administrators)?;
    let mut ended = Vec::new();
    if disabled.version != version_before {
        store::update(&mut tx, &disabled).await?;
        let sessions = Which::AccountIn(disabled.id, organization);
        ended = sessions::store::end(&mut tx, sessions, Reason::Disabled, app.clock.now()).await?;
        let fact = AccountDisabled {
            account_id: disabled.id.to_string(),
            organization_id: organization.to_string(),
        };
        record(&mut tx, Fact::new(fact).about(disabled.id.uuid(), disabled.version).of(organization));
        for session in &ended {
            revocations::record_ended(&mut tx, session);
        }
    }
    let response = tx.commit(DisableAccountResponse { account: Some(message(&disabled)) }).await?;
    revocations::announce(app, ended.iter().map(|session| Revoked::Session(session.id))).await;
    Ok(response)
}
