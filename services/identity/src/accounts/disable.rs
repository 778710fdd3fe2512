//! Disable an account: the person can no longer act for the organization, from the next second on, nor can
//! the API clients that the person made for it.

use careway_contract::identity::v1::{AccountDisabled, DisableAccountRequest, DisableAccountResponse};
use careway_events::{Fact, record};
use careway_kernel::AccountId;
use careway_service::{Call, Keyed, path_id};

use super::grantor::lock_with_grantor;
use super::{store, view::message};
use crate::revocations::domain::EndReason;
use crate::{
    App,
    revocations::{self, store::Which},
};

pub(crate) async fn disable_account(
    app: &App,
    call: &Call,
    request: DisableAccountRequest,
) -> Keyed<DisableAccountResponse> {
    let organization = call.caller.organization()?;
    let id = path_id::<AccountId>("account", &request.account_id)?;

    let mut tx = app.db.begin(call).await?;
    let (account, grantor, other_administrators) = lock_with_grantor(&mut tx, call, id).await?;
    let version_before = account.version;
    let disabled = account.disable(&grantor, other_administrators)?;
    let mut revoked = Vec::new();
    if disabled.version != version_before {
        store::update_membership(&mut tx, &disabled).await?;
        let (which, now) = (Which::AccountIn(disabled.id, organization), tx.now());
        revoked = revocations::end_sessions(&mut tx, which, EndReason::Disabled, now).await?;
        revoked.extend(revocations::disable_clients(&mut tx, disabled.id, organization, now).await?);
        let fact = AccountDisabled {
            account_id: disabled.id.to_string(),
            organization_id: organization.to_string(),
        };
        record(&mut tx, Fact::new(fact).about(disabled.id.uuid(), disabled.version).of(organization));
    }
    let response = tx.commit(DisableAccountResponse { account: Some(message(&disabled)) }).await?;
    revocations::announce(app, revoked).await;
    Ok(response)
}
