//! List overrides, newest first: a payer's to review, a facility's own.

use careway_contract::visits::v1::{ListVisitOverridesRequest, ListVisitOverridesResponse};
use careway_kernel::{OrganizationId, Violations, VisitId};
use careway_service::{Call, Paging, Result};

use super::{
    store::{self, overrides::OverrideFilter},
    view,
};
use crate::App;

pub(crate) async fn list_visit_overrides(
    app: &App,
    call: &Call,
    request: ListVisitOverridesRequest,
) -> Result<ListVisitOverridesResponse> {
    let organization = call.caller.organization()?;
    let mut v = Violations::default();
    let facility = v.optional("facilityId", request.facility_id.as_str(), OrganizationId::parse);
    let bare = ListVisitOverridesRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let paging =
        Paging::parse(&mut v, &app.page_key, "ListVisitOverrides", organization.uuid(), &bare, wanted);
    let (facility, paging) = v.all((facility, paging))?;

    let filter = OverrideFilter {
        organization,
        facility,
        review: view::parse_review(request.review()),
        before: paging.after_id()?.map(VisitId::from_uuid),
        limit: paging.limit(),
    };
    let mut reader = app.db.read(call).await?;
    let rows = store::overrides::list_overrides(&mut reader, &filter).await?;
    let (rows, next_page_token) = paging.cut(rows, |row| row.visit.uuid().into_bytes());
    let overrides =
        rows.iter().map(|one| view::visit_override(&app.context.keys, one)).collect::<Result<_>>()?;
    Ok(ListVisitOverridesResponse { overrides, next_page_token })
}
