//! List pre-authorizations, newest first, with nothing clinical.

use careway_contract::visits::v1::{ListPreauthorizationsRequest, ListPreauthorizationsResponse};
use careway_kernel::{HumanNumber, MemberNumber, PreauthorizationId, Violations, VisitId};
use careway_service::{Call, Paging, Result};

use super::{
    store::{self, PreauthorizationFilter},
    view,
};
use crate::App;

pub(crate) async fn list_preauthorizations(
    app: &App,
    call: &Call,
    request: ListPreauthorizationsRequest,
) -> Result<ListPreauthorizationsResponse> {
    let party = call.caller.organization()?;
    let mut v = Violations::default();
    let visit = v.optional("visitId", request.visit_id.as_str(), VisitId::parse);
    let member = v.optional("memberNumber", request.member_number.as_str(), MemberNumber::parse);
    let number = v.optional("number", request.number.as_str(), |text| HumanNumber::normalize("A", text));
    let bare = ListPreauthorizationsRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let paging = Paging::parse(&mut v, &app.page_key, "ListPreauthorizations", party.uuid(), &bare, wanted);
    let (visit, member, number, paging) = v.all((visit, member, number, paging))?;

    let filter = PreauthorizationFilter {
        party,
        state: view::parse_state(request.state()),
        visit,
        member_number_hash: member.map(|number| app.context.keys.member_number_hash(&number)),
        number,
        urgency: view::parse_urgency(request.urgency()),
        overdue_at: request.overdue.then(|| app.clock.now()),
        before: paging.after_id()?.map(PreauthorizationId::from_uuid),
        limit: paging.limit(),
    };
    let mut reader = app.db.read(call).await?;
    let rows = store::list_preauthorizations(&mut reader, &filter).await?;
    let (rows, next_page_token) = paging.cut(rows, |it| it.id.uuid().into_bytes());
    let preauthorizations = rows.iter().map(view::preauthorization).collect();
    Ok(ListPreauthorizationsResponse { preauthorizations, next_page_token })
}
