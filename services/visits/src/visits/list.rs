//! List visits, newest first, with nothing of the members.

use careway_contract::visits::v1::{ListVisitsRequest, ListVisitsResponse};
use careway_kernel::{MemberNumber, Violations, VisitId, parse_date};
use careway_service::{Call, Paging, Result};

use super::{
    store::{self, VisitFilter},
    view,
};
use crate::{App, plans::domain::service_type::ServiceType};

pub(crate) async fn list_visits(
    app: &App,
    call: &Call,
    request: ListVisitsRequest,
) -> Result<ListVisitsResponse> {
    let organization = call.caller.organization()?;
    let mut v = Violations::default();
    let number = v.optional("memberNumber", request.member_number.as_str(), MemberNumber::parse);
    let service_type = v.optional("serviceType", request.service_type.as_str(), ServiceType::parse);
    let from = v.optional("from", request.from.as_str(), parse_date);
    let to = v.optional("to", request.to.as_str(), parse_date);
    v.period(("from", from.flatten()), ("to", to.flatten()));
    let bare = ListVisitsRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let paging = Paging::parse(&mut v, &app.page_key, "ListVisits", organization.uuid(), &bare, wanted);
    let (number, service_type, from, to, paging) = v.all((number, service_type, from, to, paging))?;

    let filter = VisitFilter {
        organization,
        state: view::parse_state(request.state()),
        member_number_hash: number.map(|number| app.context.keys.member_number_hash(&number)),
        service_type,
        from,
        to,
        before: paging.after_id()?.map(VisitId::from_uuid),
        limit: paging.limit(),
    };
    let mut reader = app.db.read(call).await?;
    let rows = store::list_visits(&mut reader, &filter).await?;
    let (visits, next_page_token) = paging.cut(rows, |visit| visit.id.uuid().into_bytes());
    Ok(ListVisitsResponse { visits: visits.iter().map(view::visit).collect(), next_page_token })
}
