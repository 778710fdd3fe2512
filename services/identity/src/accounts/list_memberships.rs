//! People of one organization as they are now, for Careway's own services.

use careway_contract::identity::v1::{ListMembershipsRequest, ListMembershipsResponse};
use careway_kernel::{AccountId, OrganizationId, Violations};
use careway_service::{Call, OrganizationKind, Result};

use super::{domain::roles::Table, store, view};
use crate::App;

pub(crate) async fn list_memberships(
    app: &App,
    call: &Call,
    request: ListMembershipsRequest,
) -> Result<ListMembershipsResponse> {
    let mut v = Violations::default();
    v.check("accountIds", request.account_ids.len() <= 200, "must be at most 200");
    let organization = v.optional("organizationId", request.organization_id.as_str(), OrganizationId::parse);
    let accounts = v.each("accountIds", request.account_ids.iter().take(200), |v, id| {
        v.field("", AccountId::parse(id)).map(AccountId::uuid)
    });
    let (organization, accounts) = v.all((organization, accounts))?;

    let mut reader = app.db.read(call).await?;
    let mut holders = None;
    if !request.permission.is_empty() {
        let kind = match organization {
            None => OrganizationKind::Platform,
            Some(id) => match store::find_office(&mut reader, id).await? {
                Some(office) => office.kind,
                None => return Ok(ListMembershipsResponse::default()),
            },
        };
        holders = Some(Table::of(kind).all_holders(&request.permission));
    }
    let found =
        store::membership::list_memberships(&mut reader, organization, &accounts, holders.as_deref()).await?;
    Ok(ListMembershipsResponse { memberships: found.iter().map(view::membership).collect() })
}
