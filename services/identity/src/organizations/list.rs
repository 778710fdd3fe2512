//! List the organizations the caller may see, by name.

use careway_contract::identity::v1::{
    ListOrganizationsRequest, ListOrganizationsResponse, organization::Kind,
};
use careway_service::{Call, Error, Result};

use super::{
    store,
    view::{parse_kind, seen_by},
};
use crate::{App, page::Page};

pub(crate) async fn list_organizations(
    app: &App,
    call: &Call,
    request: ListOrganizationsRequest,
) -> Result<ListOrganizationsResponse> {
    let kind: Kind = request.kind();
    let code = request.code.trim().to_ascii_uppercase();
    let filter = [kind.as_str_name(), &code];
    let page = Page::parse(app, "list_organizations", &filter, request.page_size, &request.page_token)
        .map_err(|error| Error::violation(error.field(), error.to_string()))?;

    let code = Some(code.as_str()).filter(|code| !code.is_empty());
    let mut reader = app.db.read(call).await?;
    let found =
        store::list_organizations(&mut reader, parse_kind(kind), code, page.after, page.limit()).await?;
    let (found, next_page_token) = page.cut(app, found, |organization| organization.id.uuid());
    let organizations = found.iter().map(|organization| seen_by(call, organization)).collect();
    Ok(ListOrganizationsResponse { organizations, next_page_token })
}
