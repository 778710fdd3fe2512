//! List visits, newest first, with nothing of the members.

use careway_contract::visits::v1::{ListVisitsRequest, ListVisitsResponse};
use careway_kernel::{MemberNumber, PageRequest, PageToken, Violations, VisitId, parse_date};
use careway_service::{Call, Error, Result};
use uuid::Uuid;

use crate::{
    App,
    api::visit_view,
    domain::service_type::ServiceType,
    store::{self, visit::VisitFilter},
};

const OPERATION: &str = "ListVisits";

pub(crate) async fn list_visits(
    app: &App,
    call: &Call,
    request: ListVisitsRequest,
) -> Result<ListVisitsResponse> {
    let organization = call.caller.organization()?;
    let mut violations = Violations::default();
    let number = violations.optional("memberNumber", request.member_number.as_str(), MemberNumber::parse);
    let service_type = violations.optional("serviceType", request.service_type.as_str(), ServiceType::parse);
    let from = violations.optional("from", request.from.as_str(), parse_date);
    let to = violations.optional("to", request.to.as_str(), parse_date);
    let bound = bound(organization.uuid(), &request);
    let page = PageRequest::parse(&*app.page_key, OPERATION, &bound, request.page_size, &request.page_token);
    let page = page.map_err(|error| violations.add(error.field(), error)).ok();
    let (number, service_type, from, to, page) = violations.all((number, service_type, from, to, page))?;

    let filter = VisitFilter {
        organization,
        state: visit_view::parse_state(request.state()),
        member_number_hash: number.map(|number| app.desk.keys.member_number_hash(&number)),
        service_type,
        from,
        to,
        before: cursor(page.after.as_deref())?,
        limit: page.limit(),
    };
    let mut reader = app.db.read(call).await?;
    let (visits, more) = page.cut(store::visit::list_visits(&mut reader, &filter).await?);
    let last = visits.last().filter(|_| more);
    Ok(ListVisitsResponse {
        next_page_token: last
            .map(|visit| PageToken::issue(&*app.page_key, OPERATION, &bound, visit.id.uuid().as_bytes()))
            .unwrap_or_default(),
        visits: visits.iter().map(visit_view::visit).collect(),
    })
}

/// What a page token is good for: this organization's list with this filter.
fn bound(organization: Uuid, request: &ListVisitsRequest) -> Vec<u8> {
    let filter = ListVisitsRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    [organization.as_bytes().as_slice(), &prost::Message::encode_to_vec(&filter)].concat()
}

/// The visit a page starts after; the token was checked, so what it holds is ours.
pub(crate) fn cursor(after: Option<&[u8]>) -> Result<Option<VisitId>> {
    let id = after.map(Uuid::from_slice).transpose().map_err(Error::internal)?;
    Ok(id.map(VisitId::from_uuid))
}
