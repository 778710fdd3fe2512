//! List the organizations the caller may see, by name.

use careway_contract::identity::v1::{
    ListOrganizationsRequest, ListOrganizationsResponse, organization::Kind,
};
use careway_kernel::{OrganizationId, Violations};
use careway_service::{Call, Paging, Result};
use uuid::Uuid;

use super::{
    store,
    view::{parse_kind, seen_by},
};
use crate::App;

pub(crate) async fn list_organizations(
    app: &App,
    call: &Call,
    request: ListOrganizationsRequest,
) -> Result<ListOrganizationsResponse> {
    let kind: Kind = request.kind();
    let code = request.code.trim().to_ascii_uppercase();
    let party = call.caller.organization().map_or(Uuid::nil(), OrganizationId::uuid);
    let mut v = Violations::default();
    let filter = ListOrganizationsRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let page = Paging::parse(&mut v, &app.foundation.page_key, "ListOrganizations", party, &filter, wanted);
    let (page,) = v.all((page,))?;

    let code = Some(code.as_str()).filter(|code| !code.is_empty());
    let mut reader = app.db.read(call).await?;
    let found =
        store::list_organizations(&mut reader, parse_kind(kind), code, page.after_id()?, page.limit())
            .await?;
    let (found, next_page_token) = page.cut(found, |organization| *organization.id.uuid().as_bytes());
    let organizations = found.iter().map(|organization| seen_by(call, organization)).collect();
    Ok(ListOrganizationsResponse { organizations, next_page_token })
}
