//! Whether somebody may do something in an organization: identity is asked, before any transaction of an operation.

use careway_contract::identity::v1::{
    ListMembershipsRequest, Membership, account_service_client::AccountServiceClient,
};
use careway_kernel::{AccountId, OrganizationId};
use careway_service::Result;

use crate::App;

/// Whether this is an active person of the organization, itself not suspended, who holds the permission.
pub(crate) async fn holds(
    app: &App,
    account: AccountId,
    organization: OrganizationId,
    permission: &str,
) -> Result<bool> {
    Ok(find(app, account, organization, permission).await?.is_some())
}

/// Who this is in the organization now, active or not.
pub(crate) async fn membership(
    app: &App,
    account: AccountId,
    organization: OrganizationId,
) -> Result<Option<Membership>> {
    find(app, account, organization, "").await
}

async fn find(
    app: &App,
    account: AccountId,
    organization: OrganizationId,
    permission: &str,
) -> Result<Option<Membership>> {
    let request = ListMembershipsRequest {
        organization_id: organization.to_string(),
        account_ids: vec![account.to_string()],
        permission: permission.to_owned(),
    };
    let mut identity = AccountServiceClient::new(app.foundation.registry.upstream("identity"));
    let found = identity.list_memberships(app.foundation.identity.request(request)).await?;
    Ok(found.into_inner().memberships.pop())
}
