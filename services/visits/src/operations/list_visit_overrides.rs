//! List overrides, newest first: a payer's to review, a facility's own.

use careway_contract::visits::v1::{ListVisitOverridesRequest, ListVisitOverridesResponse};
use careway_kernel::{OrganizationId, PageRequest, PageToken, Violations};
use careway_service::{Call, Result};
use uuid::Uuid;

use super::list_visits::cursor;
use crate::{
    App,
    api::visit_view,
    store::{self, visit_override::OverrideFilter},
};

const OPERATION: &str = "ListVisitOverrides";

pub(crate) async fn list_visit_overrides(
    app: &App,
    call: &Call,
    request: ListVisitOverridesRequest,
) -> Result<ListVisitOverridesResponse> {
    let organization = call.caller.organization()?;
    let mut violations = Violations::default();
    let facility = violations.optional("facilityId", request.facility_id.as_str(), OrganizationId::parse);
    let bound = bound(organization.uuid(), &request);
    let page = PageRequest::parse(&*app.page_key, OPERATION, &bound, request.page_size, &request.page_token);
    let page = page.map_err(|error| violations.add(error.field(), error)).ok();
    let (facility, page) = violations.all((facility, page))?;

    let filter = OverrideFilter {
        organization,
        facility,
        review: visit_view::parse_review(request.review()),
        before: cursor(page.after.as_deref())?,
        limit: page.limit(),
    };
    let mut reader = app.db.read(call).await?;
    let (overrides, more) = page.cut(store::visit_override::list_overrides(&mut reader, &filter).await?);
    let last = overrides.last().filter(|_| more);
    Ok(ListVisitOverridesResponse {
        next_page_token: last
            .map(|last| PageToken::issue(&*app.page_key, OPERATION, &bound, last.visit.uuid().as_bytes()))
            .unwrap_or_default(),
        overrides: overrides
            .iter()
            .map(|one| visit_view::visit_override(&app.desk.keys, one))
            .collect::<Result<_>>()?,
    })
}

fn bound(organization: Uuid, request: &ListVisitOverridesRequest) -> Vec<u8> {
    let filter = ListVisitOverridesRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    [organization.as_bytes().as_slice(), &prost::Message::encode_to_vec(&filter)].concat()
}
