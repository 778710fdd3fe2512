//! Whom notices go to and who wrote what they tell, as identity knows them when a notice is sent.

use careway_contract::identity::v1::{
    ListMembershipsRequest, Membership, account::Status, account_service_client::AccountServiceClient,
};
use careway_service::Result;
use uuid::Uuid;

use crate::App;

/// Everybody's that may read cases may be told of them.
const READ: &str = "cases.read";

/// This person as one of an organization, or of the platform, if cases may be read there now.
pub(super) async fn reader(app: &App, account: Uuid, member_of: Option<Uuid>) -> Result<Option<Membership>> {
    let found = memberships(app, member_of, Some(account), "").await?.pop();
    Ok(found.filter(|one| is_active(one) && one.permissions.iter().any(|permission| permission == READ)))
}

/// Those of the platform who hold a permission.
pub(super) async fn holders(app: &App, permission: &str) -> Result<Vec<Membership>> {
    let mut found = memberships(app, None, None, permission).await?;
    found.retain(is_active);
    Ok(found)
}

/// What this person is called; nothing of whom identity does not know there.
pub(super) async fn name(app: &App, account: Uuid, member_of: Option<Uuid>) -> Result<String> {
    let found = memberships(app, member_of, Some(account), "").await?.pop();
    Ok(found.map(|one| one.name).unwrap_or_default())
}

async fn memberships(
    app: &App,
    organization: Option<Uuid>,
    account: Option<Uuid>,
    permission: &str,
) -> Result<Vec<Membership>> {
    let text = |id: Option<Uuid>| id.map(|id| id.to_string());
    let request = ListMembershipsRequest {
        organization_id: text(organization).unwrap_or_default(),
        account_ids: text(account).into_iter().collect(),
        permission: permission.to_owned(),
    };
    let mut identity = AccountServiceClient::new(app.foundation.registry.upstream("identity"));
    let found = identity.list_memberships(app.foundation.identity.request(request)).await?;
    Ok(found.into_inner().memberships)
}

fn is_active(membership: &Membership) -> bool {
    membership.status() == Status::Active
}
