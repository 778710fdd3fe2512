//! List participants: an authority its own, an agency those that it has.

use careway_contract::renewals::v1::{ListParticipantsRequest, ListParticipantsResponse};
use careway_kernel::{OrganizationId, ParticipantId, Violations, parse_date, text::Line};
use careway_service::{AuditEntry, Call, Error, Paging, Result, count};

use super::{
    domain::filter::ParticipantFilter,
    domain::search::Search,
    store::{self, list::Page},
    view,
};
use crate::{
    App,
    agencies::{domain::Party, party},
    organizations,
};

pub(crate) async fn list_participants(
    app: &App,
    call: &Call,
    request: ListParticipantsRequest,
) -> Result<ListParticipantsResponse> {
    let party = party(call)?;
    let caller = call.caller.organization()?;
    let mut v = Violations::default();
    let filter = ListParticipantsRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let paging = Paging::parse(&mut v, &app.page_key, "ListParticipants", caller.uuid(), &filter, wanted);
    let filter = parse(&mut v, &request, party);
    let (paging, (filter, q)) = v.all((paging, filter))?;

    let mut tx = app.db.begin_unkeyed(call).await?;
    let country = organizations::store::get_country(&mut tx, caller).await?;
    let filter = ParticipantFilter { search: Search::parse(&q, country), ..filter };
    let after = paging.after_id()?.map(ParticipantId::from_uuid);
    let page = Page { order: view::parse_order(request.order()), after, limit: paging.limit() };
    let keys = &app.contact_keys;
    let total = store::list::get_count(&mut tx, keys, &filter).await?;
    let found = store::list::list_participants(&mut tx, keys, &filter, &page).await?;
    if let Some(after) = after.filter(|_| found.is_empty())
        && !store::exists(&mut tx, caller, after).await?
    {
        return Err(gone());
    }
    tx.audit(AuditEntry { action: "participant.list", ..Default::default() });
    tx.finish().await?;
    let (participants, next_page_token) = paging.cut(found, |it| *it.id.uuid().as_bytes());
    let participants = participants.iter().map(view::participant).collect();
    Ok(ListParticipantsResponse { participants, next_page_token, total: count(total) })
}

/// What is asked for, and the search as it was typed: what it means depends on the country.
pub(crate) fn parse(
    v: &mut Violations,
    request: &ListParticipantsRequest,
    party: Party,
) -> Option<(ParticipantFilter, String)> {
    let q = v.field("q", Line::<200>::parse(&request.q));
    let agency = v.optional("agencyId", request.agency_id.as_str(), OrganizationId::parse);
    let household = v.field("household", Line::<40>::parse(&request.household));
    let last_day_from = v.optional("lastDayFrom", request.last_day_from.as_str(), parse_date);
    let last_day_to = v.optional("lastDayTo", request.last_day_to.as_str(), parse_date);
    v.period(("lastDayFrom", last_day_from.flatten()), ("lastDayTo", last_day_to.flatten()));
    let household = household?;
    let filter = ParticipantFilter {
        party,
        search: Search::All,
        agency: agency?,
        household: (!household.is_empty()).then(|| household.as_str().to_owned()),
        last_day_from: last_day_from?,
        last_day_to: last_day_to?,
        result: view::parse_result(request.result()),
        contact: view::parse_contact(request.contact()),
    };
    Some((filter, q?.as_str().to_owned()))
}

/// The participant that the page before ended with is another agency's now.
fn gone() -> Error {
    Violations::one("pageToken", "is of a list that has changed: begin with the first page").into()
}
