//! Create an account: an invitation, answered with the account that will be.

use careway_contract::identity::v1::{CreateAccountRequest, CreateAccountResponse};
use careway_service::{Call, Error, Keyed};

use super::{
    invitations::create::{InvitationInput, invite},
    store,
    view::message,
};
use crate::App;

pub(crate) async fn create_account(
    app: &App,
    call: &Call,
    request: CreateAccountRequest,
) -> Keyed<CreateAccountResponse> {
    let wanted = InvitationInput {
        organization_id: "",
        email: &request.email,
        name: &request.name,
        roles: &request.roles,
    };
    let (mut tx, invitation) = invite(app, call, wanted).await?;
    let account = store::find_account(&mut tx, invitation.organization, invitation.account).await?;
    let account =
        account.ok_or_else(|| Error::internal(anyhow::anyhow!("an invitation just kept is not found")))?;
    tx.commit(CreateAccountResponse { account: Some(message(&account)) }).await
}
