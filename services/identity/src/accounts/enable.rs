//! Enable a disabled account: the person can act for the organization again.

use careway_contract::identity::v1::{AccountEnabled, EnableAccountRequest, EnableAccountResponse};
use careway_events::{Fact, record};
use careway_kernel::AccountId;
use careway_service::{Call, Keyed, path_id};

use super::grantor::lock_with_grantor;
use super::{store, view::message};
use crate::App;

pub(crate) async fn enable_account(
    app: &App,
    call: &Call,
    request: EnableAccountRequest,
) -> Keyed<EnableAccountResponse> {
    let organization = call.caller.organization()?;
    let id = path_id::<AccountId>("account", &request.account_id)?;

    let mut tx = app.db.begin(call).await?;
    let (account, grantor, _) = lock_with_grantor(&mut tx, call, id).await?;
    let version_before = account.version;
    let enabled = account.enable(&grantor)?;
    if enabled.version != version_before {
        store::update_membership(&mut tx, &enabled).await?;
        let fact =
            AccountEnabled { account_id: enabled.id.to_string(), organization_id: organization.to_string() };
        record(&mut tx, Fact::new(fact).about(enabled.id.uuid(), enabled.version).of(organization));
    }
    tx.commit(EnableAccountResponse { account: Some(message(&enabled)) }).await
}
